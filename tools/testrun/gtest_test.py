import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import gtest
from report import Report
from tree import Target

DOCUMENT = {"testsuites": [{"name": "A", "testsuite": [
    {"name": "fine", "status": "RUN", "result": "COMPLETED"},
    {"name": "bad", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x"}]},
    {"name": "later", "status": "RUN", "result": "SKIPPED", "skipped": [{"message": "a.cpp:3\nno IPv6 here"}]},
    {"name": "DISABLED_old", "status": "NOTRUN", "result": "SUPPRESSED"},
    {"name": "filtered", "status": "NOTRUN", "result": "SUPPRESSED"},
]}]}
PASSED = {"testsuites": [{"name": "A", "testsuite": [{"name": "fine", "status": "RUN", "result": "COMPLETED"}]}]}


class GtestTest(unittest.TestCase):
    def run_program(self, document, tail):
        with tempfile.TemporaryDirectory() as scratch:
            program = pathlib.Path(scratch) / "program"
            write = "" if document is None else f"cat > \"${{file#--gtest_output=json:}}\" <<'END'\n{json.dumps(document)}\nEND\n"
            program.write_text(f"#!/bin/bash\nfile=$2\n{write}{tail}\n")
            program.chmod(0o755)
            report = Report()
            with contextlib.redirect_stdout(io.StringIO()) as shown:
                gtest.run_all(report, [Target("test", "x", program)])
            self.shown = shown.getvalue()
            return report

    def test_counts_each_test(self):
        report = self.run_program(DOCUMENT, "exit 1")
        self.assertEqual((report.passed, report.failed, report.skipped), (1, 1, 2))
        self.assertEqual(report.skips, ["A.later: no IPv6 here", "A.DISABLED_old: disabled"])

    def test_a_crash_is_a_failure(self):
        report = self.run_program(None, "echo boom; kill -SEGV $$")
        self.assertEqual((report.passed, report.failed), (0, 1))
        self.assertIn("boom", self.shown)

    def test_a_sanitizer_that_speaks_at_the_end_is_a_failure(self):
        report = self.run_program(PASSED, "echo leaked; exit 1")
        self.assertEqual((report.passed, report.failed), (1, 1))
        self.assertIn("leaked", self.shown)

    def test_lines_of_tests_that_passed_are_left_out(self):
        output = "[ RUN      ] A.fine\n[       OK ] A.fine (0 ms)\n[ RUN      ] A.bad\na.cpp:1: Failure\n[  FAILED  ] A.bad\n"
        self.assertEqual(gtest._shown(output), "[ RUN      ] A.bad\na.cpp:1: Failure\n[  FAILED  ] A.bad")


if __name__ == "__main__":
    unittest.main()
