"""`./dev test`: every test of the tree, section by section."""

import argparse
import sys

import fuzz
import gtest
import process
import programs
import tree
from report import Report

DESCRIPTION = """\
Builds what is missing and runs, in this order:

  release build's tests     GoogleTest, one program a library
  whole program             tests/*.sh with build/release/cli/opwire
  installed library         examples/ compiled by g++ against `cmake --install`
  tests of the tools        ./dev lint refuses bad examples; this runner counts right; bench/run is whole
  sanitizer build's tests   the same tests with ASan and UBSan
  fuzz targets              each for some seconds over its corpus
  interop                   interop/run with the real op-node package and go-libp2p

It says what it skipped and why, and ends with one line of counts. With CI=true, what interop needs must be there."""


def parse():
    parser = argparse.ArgumentParser(prog="./dev test", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", nargs="*",
                        help="only tests and fuzz targets whose name contains this, such as yamux (implies no other section)")
    parser.add_argument("--quick", action="store_true", help="only the release build's tests")
    parser.add_argument("--filter", metavar="PATTERN", help="GoogleTest's filter, such as 'Yamux*.*Window*'")
    parser.add_argument("--fuzz-seconds", type=int, default=5, metavar="N", help="for each fuzz target (default 5; 0: none)")
    return parser.parse_args()


class Run:
    def __init__(self, options):
        self.options = options
        self.report = Report()
        self.everything = not (options.library or options.filter or options.quick)

    def build(self, preset, kinds):
        """Builds what is asked for; a failed build is a failed test."""
        with self.report.section(f"{preset} build"):
            wanted = []
            built = tree.configure(preset)
            if built and self.options.library:
                found = [target for kind in kinds for target in tree.targets(preset, kind)]
                wanted = [target.ninja_name for target in tree.matching(found, self.options.library)]
            if not built or (wanted or not self.options.library) and not tree.build(preset, wanted):
                self.report.fail(f"{preset} build", "")
                return False
        return True

    def tests(self, preset, env=None):
        found = tree.matching(tree.targets(preset, "test"), self.options.library)
        with self.report.section(f"{preset} build's tests"):
            gtest.run_all(self.report, found, env=env, gtest_filter=self.options.filter)

    def fuzz(self):
        found = tree.matching(tree.targets("sanitize", "fuzz"), self.options.library)
        seconds = self.options.fuzz_seconds
        if found and seconds:
            with self.report.section(f"fuzz targets, {seconds} s each"):
                fuzz.run_all(self.report, found, seconds=seconds)

    def whole_program(self):
        opwire = tree.BUILD / "release" / "cli" / "opwire"
        scripts = sorted((tree.ROOT / "tests").glob("*.sh"))
        if not scripts:
            return
        with self.report.section("whole program"):
            for script in scripts:
                programs.run(self.report, script.stem, [script], timeout=600, env={"OPWIRE": str(opwire)})

    def installed_library(self):
        with self.report.section("installed library"):
            programs.run(self.report, "examples with g++", [tree.ROOT / "tools" / "test_install.sh"], timeout=600)

    def tools(self):
        with self.report.section("tests of the tools"):
            for folder in ("tools/lint", "tools/testrun", "bench"):
                command = [sys.executable, "-m", "unittest", "discover", "-s", folder, "-p", "*_test.py"]
                programs.run(self.report, folder, command, timeout=120)

    def interop(self):
        with self.report.section("interop"):
            programs.run(self.report, "interop/run", [tree.ROOT / "interop" / "run"], timeout=1500, follow=True)

    def all(self):
        """True while nothing stands in the way of what follows."""
        if not self.build("release", ["test"]):
            return
        self.tests("release")
        if self.everything:
            self.whole_program()
            self.installed_library()
            self.tools()
        if self.options.quick or not self.build("sanitize", ["test", "fuzz"]):
            return
        self.tests("sanitize", gtest.SANITIZER_ENV)
        if not self.options.filter:
            self.fuzz()
        if self.everything:
            self.interop()


def main():
    process.end_children_with_us()
    run = Run(parse())
    run.all()
    return 0 if run.report.close() else 1


if __name__ == "__main__":
    sys.exit(main())
