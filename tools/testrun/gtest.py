"""Runs GoogleTest programs and counts their tests one by one."""

import json
import pathlib
import tempfile

import process

LIMIT = 300  # seconds for one program; a test takes a second or two

SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:check_initialization_order=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "ASAN_SYMBOLIZER_PATH": "/usr/lib/llvm-19/bin/llvm-symbolizer",
    "UBSAN_SYMBOLIZER_PATH": "/usr/lib/llvm-19/bin/llvm-symbolizer",
}


def _outcomes(document):
    """Of each test: its name, whether it failed, and why it was skipped (or None)."""
    for suite in document["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test["status"] != "RUN":
                if test["name"].startswith("DISABLED_"):
                    yield name, False, "disabled"
                continue
            skipped = None
            if test["result"] == "SKIPPED":
                reasons = [entry.get("message", "").splitlines()[-1:] for entry in test.get("skipped", [])]
                skipped = " ".join(text for lines in reasons for text in lines) or "no reason given"
            yield name, bool(test.get("failures")), skipped


def _shown(output):
    """A program's output without the lines of tests that passed."""
    quiet = ("[ RUN      ]", "[       OK ]", "[----------]")
    lines = output.splitlines()
    kept = []
    for index, line in enumerate(lines):
        started = line.startswith("[ RUN      ]")
        fine = started and index + 1 < len(lines) and lines[index + 1].startswith("[       OK ]")
        if fine or (line.startswith(quiet) and not started):
            continue
        kept.append(line)
    return "\n".join(kept)


def run_all(report, found, *, env=None, gtest_filter=None):
    """Runs every program, a few at a time."""

    def one(target):
        with tempfile.TemporaryDirectory() as scratch:
            results = pathlib.Path(scratch) / "results.json"
            command = [target.program, "--gtest_color=no", f"--gtest_output=json:{results}"]
            if gtest_filter:
                command.append(f"--gtest_filter={gtest_filter}")
            done = process.run(command, timeout=LIMIT, env=env, cwd=scratch)
            return target, done, json.loads(results.read_text()) if results.exists() else None

    for target, done, document in process.parallel(one, found):
        outcomes = list(_outcomes(document)) if document else []
        failed = [name for name, bad, _ in outcomes if bad]
        skipped = [(name, reason) for name, _, reason in outcomes if reason]
        passed = len(outcomes) - len(failed) - len(skipped)
        broke = done.status != 0 and not failed  # it crashed, or a sanitizer spoke at its end
        output = _shown(done.output) + (f"\nexit status {done.status}" if broke else "")
        report.item(target.name, passed, len(failed) + broke, len(skipped), done.seconds, output)
        report.skips.extend(f"{name}: {reason}" for name, reason in skipped)
