"""Cases by name, each a line when it has run, and the line of counts at the end."""

import sys
import time
import traceback

from harness.peer import Absent, NotPermitted, PeerFailed


class Cases:
    def __init__(self):
        self._all = []

    def add(self, name, run):
        self._all.append((name, run))

    def names(self):
        return [name for name, _ in self._all]

    def run(self, words, absent, must_run):
        """Those whose name contains one of the words, or all; True when none failed. A case whose program is absent,
        for the reason given, is skipped, or fails where it must run; one that the system forbids is skipped."""
        passed = failed = skipped = 0
        for name, run in self._all:
            if words and not any(word in name for word in words):
                continue
            started = time.monotonic()
            outcome, detail = _run_one(run, absent)
            if outcome == "absent":
                outcome = "FAILED" if must_run else "skipped"
            passed += outcome == "ok"
            failed += outcome == "FAILED"
            skipped += outcome == "skipped"
            print(f"{name:<58} {outcome:<8}{time.monotonic() - started:6.1f} s", flush=True)
            if outcome == "FAILED":
                print("\n".join("  | " + line for line in detail.splitlines()), flush=True)
            elif outcome == "skipped":
                print(f"skipped: {name}: {detail}", flush=True)
        if passed + failed + skipped == 0:
            print("no case has such a name; --list shows them", file=sys.stderr)
            return False
        print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
        return failed == 0


def _run_one(run, absent):
    try:
        run()
        return "ok", ""
    except Absent as program:
        return "absent", f"no {program}: {absent.get(str(program), 'it is not built')}"
    except NotPermitted as what:
        return "skipped", f"the system does not permit {what}"
    except (PeerFailed, AssertionError) as problem:
        return "FAILED", str(problem) or traceback.format_exc()
    except Exception:  # a mistake of the case itself must not hide the others
        return "FAILED", traceback.format_exc()


def expect(found, wanted, what):
    if found != wanted:
        raise PeerFailed(f"{what}: {found!r}, expected {wanted!r}")


def expect_true(condition, what):
    if not condition:
        raise PeerFailed(what)


def wait_until(condition, what, timeout=15):
    deadline = time.monotonic() + timeout
    while not condition():
        expect_true(time.monotonic() < deadline, f"{what} did not come about in {timeout} s")
        time.sleep(0.05)
