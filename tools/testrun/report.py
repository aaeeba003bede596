"""Counts of what passed, failed and was skipped, and how they are shown."""

import contextlib
import time


LAST_LINES = 40  # of a failure's output, in the summary


def _show(lines):
    for line in lines:
        print(f"   | {line}", flush=True)


class Report:
    """Collects the outcome of every section; one closing line says it all."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.failures = []
        self.skips = []
        self._rows = []

    @contextlib.contextmanager
    def section(self, title):
        print(f"== {title}", flush=True)
        before = (self.passed, self.failed, self.skipped)
        started = time.monotonic()
        try:
            yield
        finally:
            seconds = time.monotonic() - started
            now = (self.passed, self.failed, self.skipped)
            counts = [b - a for a, b in zip(before, now)]
            self._rows.append((title, counts, seconds))

    def item(self, name, passed=0, failed=0, skipped=0, seconds=None, output=""):
        """One line for one program; its output is shown when something in it failed."""
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        if failed:
            self.failures.append((name, output))
        words = [f"{int(count)} {word}" for count, word in ((passed, "passed"), (failed, "FAILED"), (skipped, "skipped")) if count]
        timing = "" if seconds is None else f"{seconds:8.1f} s"
        print(f"   {name:<34} {', '.join(words) or 'nothing in it':<28}{timing}", flush=True)
        if failed and output:
            _show(output.rstrip().splitlines())

    def skip(self, name, reason):
        self.skipped += 1
        self.skips.append(f"{name}: {reason}")
        print(f"   {name:<34} skipped: {reason}", flush=True)

    def fail(self, name, reason):
        self.item(name, failed=1, output=reason)

    def close(self):
        """Prints the summary; True when everything that ran passed and something ran."""
        print("== summary")
        for title, (passed, failed, skipped), seconds in self._rows:
            note = f"{failed} FAILED" if failed else f"{skipped} skipped" if skipped else ""
            print(f"   {title:<34} {passed:>5} {note:<12}{seconds:8.1f} s")
        for name, output in self.failures:
            print(f"   FAILED: {name}")
            # Once more, for whoever has only the end of a long log.
            _show(output.rstrip().splitlines()[-LAST_LINES:])
        for text in self.skips:
            print(f"   skipped: {text}")
        if self.passed + self.failed == 0:
            print("   no test ran: that counts as a failure")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return self.failed == 0 and self.passed > 0
