"""Runs the libFuzzer targets of the sanitizer build over their corpora."""

import argparse
import sys

import process
import tree
from gtest import SANITIZER_ENV
from report import Report

ARTIFACTS = tree.BUILD / "fuzz-artifacts"
CORPORA = tree.BUILD / "fuzz-corpus"  # what the fuzzers find; the seeds in the tree stay as they are


def _command(target, seconds):
    found = CORPORA / target.name
    found.mkdir(parents=True, exist_ok=True)
    seeds = [target.corpus] if target.corpus and target.corpus.is_dir() else []
    return [target.program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-reload=0",
            f"-artifact_prefix={ARTIFACTS}/{target.name}-", found, *seeds]


def run_all(report, found, *, seconds, jobs=None):
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def one(target):
        # Reading a corpus that has grown comes on top of the time asked for.
        return target, process.run(_command(target, seconds), timeout=seconds + 120, env=SANITIZER_ENV)

    for target, done in process.parallel(one, found, jobs):
        tail = "\n".join(done.output.splitlines()[-60:])
        report.item(target.name, done.status == 0, done.status != 0, 0, done.seconds, tail)
    for path in sorted(ARTIFACTS.iterdir()):
        print(f"   input kept: {path.relative_to(tree.ROOT)}")


def main():
    parser = argparse.ArgumentParser(
        prog="./dev fuzz", description="Fuzzes with AddressSanitizer and UBSan, starting from the seeds in each "
        "folder's corpus/ and from what earlier runs found (build/fuzz-corpus). An input that breaks a target is kept in "
        "build/fuzz-artifacts; run it again with build/sanitize/fuzz/TARGET_fuzz FILE.")
    parser.add_argument("target", nargs="*", help="only targets whose name contains this, such as yamux or codec_rlp")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each target (default 60; 0: no end)")
    parser.add_argument("--jobs", type=int, metavar="N", help="targets at a time (default: one a core)")
    parser.add_argument("--list", action="store_true", help="only name the targets")
    options = parser.parse_args()
    process.end_children_with_us()

    report = Report()
    if not tree.configure("sanitize"):
        return 1
    found = tree.matching(tree.targets("sanitize", "fuzz"), options.target)
    if options.list:
        print("\n".join(target.name for target in found))
        return 0
    if found and not tree.build("sanitize", [target.ninja_name for target in found]):
        return 1
    with report.section(f"fuzz targets, {options.seconds or 'endless'} s each"):
        run_all(report, found, seconds=options.seconds or 10**8, jobs=options.jobs)
    return 0 if report.close() else 1


if __name__ == "__main__":
    sys.exit(main())
