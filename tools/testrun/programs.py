"""Runs programs that do their own counting: they close with `N passed, N failed, N skipped`, or count as one test."""

import re

import process
import tree

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
UNITTEST = re.compile(r"^Ran (\d+) tests? in ")
UNITTEST_END = re.compile(r"\b(failures|errors|skipped)=(\d+)")


def _counts(done):
    passed = failed = skipped = 0
    counted = False
    for line in done.output.splitlines():
        if match := COUNTS.match(line):
            passed, failed, skipped = (int(group or 0) for group in match.groups())
            counted = True
        elif match := UNITTEST.match(line):
            passed = int(match[1])
            counted = True
        elif line.startswith(("OK (", "FAILED (")) and counted:
            ends = {word: int(number) for word, number in UNITTEST_END.findall(line)}
            failed, skipped = ends.get("failures", 0) + ends.get("errors", 0), ends.get("skipped", 0)
            passed -= failed + skipped
    if not counted:
        return int(done.status == 0), int(done.status != 0), 0
    if done.status != 0 and failed == 0:
        failed = 1
    return passed, failed, skipped


def run(report, name, command, *, timeout, env=None, follow=False):
    """follow: show its lines as they come (for what takes minutes)."""
    def show(line):
        if not COUNTS.match(line):
            print(f"   {line}", flush=True)

    done = process.run(command, timeout=timeout, env=env, cwd=tree.ROOT, on_line=show if follow else None)
    passed, failed, skipped = _counts(done)
    report.item(name, passed, failed, skipped, done.seconds, "" if follow and not done.timed_out else done.output)
    report.skips.extend(line.strip() for line in done.output.splitlines() if line.strip().startswith("skipped: "))
