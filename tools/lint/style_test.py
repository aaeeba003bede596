import pathlib
import tempfile
import unittest

import style


class StyleTest(unittest.TestCase):
    def problems(self, text):
        with tempfile.TemporaryDirectory() as scratch:
            source = pathlib.Path(scratch) / "a.cpp"
            source.write_text(text)
            return style.check_files([str(source)])

    def test_the_house_style_is_left_alone(self):
        self.assertEqual(self.problems("struct A {\n  int f(int* p) { return *p; }\n};\n"), [])

    def test_another_style_is_refused_once_at_its_line(self):
        found = self.problems("int a;\nint f(int *p)\n{ return *p; }\n")
        self.assertEqual([problem.line for problem in found], [2])
        self.assertIn("./dev fmt", found[0].text)


if __name__ == "__main__":
    unittest.main()
