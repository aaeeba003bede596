import unittest

import style


class StyleTest(unittest.TestCase):
    def test_the_house_style_is_left_alone(self):
        self.assertIsNone(style.check_text("opwire/a.cpp", "struct A {\n  int f(int* p) { return *p; }\n};\n"))

    def test_another_style_is_refused_at_its_line(self):
        problem = style.check_text("opwire/a.cpp", "int a;\nint f(int *p)\n{ return *p; }\n")
        self.assertEqual(problem.line, 2)
        self.assertIn("./dev fmt", problem.text)


if __name__ == "__main__":
    unittest.main()
