import contextlib
import io
import sys
import unittest

import programs
from report import Report


class ProgramsTest(unittest.TestCase):
    def counts(self, script):
        report = Report()
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            programs.run(report, "x", ["bash", "-c", script], timeout=10)
        self.shown = shown.getvalue()
        return report.passed, report.failed, report.skipped

    def test_a_program_that_counts(self):
        self.assertEqual(self.counts("echo '3 passed, 0 failed, 1 skipped'"), (3, 0, 1))
        self.assertEqual(self.counts("echo '3 passed, 2 failed'; exit 1"), (3, 2, 0))

    def test_a_status_is_not_talked_away(self):
        self.assertEqual(self.counts("echo '3 passed, 0 failed'; exit 1"), (3, 1, 0))

    def test_a_program_that_does_not_count_is_one_test(self):
        self.assertEqual(self.counts("true"), (1, 0, 0))
        self.assertEqual(self.counts("echo reason; exit 3"), (0, 1, 0))
        self.assertIn("| reason", self.shown)

    def test_unittest(self):
        self.assertEqual(self.counts("printf 'Ran 5 tests in 1.0s\n\nOK (skipped=1)\n'"), (4, 0, 1))
        self.assertEqual(self.counts("printf 'Ran 5 tests in 1.0s\n\nFAILED (failures=1, errors=1)\n'; exit 1"), (3, 2, 0))

    def test_the_closing_line_is_ours_alone(self):
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            programs.run(Report(), "x", ["bash", "-c", "echo hello; echo '3 passed, 0 failed'"], timeout=10, follow=True)
        self.assertIn("hello", shown.getvalue())
        self.assertNotIn("3 passed, 0 failed", shown.getvalue())

    def test_reasons_for_skipping_are_kept(self):
        report = Report()
        with contextlib.redirect_stdout(io.StringIO()):
            programs.run(report, "x", [sys.executable, "-c", "print('skipped: a: no Go'); print('1 passed, 0 failed, 1 skipped')"],
                         timeout=10)
        self.assertEqual(report.skips, ["skipped: a: no Go"])


if __name__ == "__main__":
    unittest.main()
