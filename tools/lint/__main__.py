"""`./dev lint`: the rules of the house that a compiler does not check."""

import argparse
import signal
import sys
import time

import coawait
import forbidden
import includes
import sizes
import style
import tidy
from tree import Tree

CHECKS = {
    "format": style.check,
    "includes": includes.check,
    "forbidden": forbidden.check,
    "coawait": coawait.check,
    "sizes": sizes.check,
}
DESCRIPTION = """\
  format     as clang-format leaves it (./dev fmt mends it)
  includes   only along the edges that each CMakeLists.txt declares, never upwards; third-party headers stay wrapped
  forbidden  Asio's names, and global clocks, randomness, threads and environment, outside their homes
  coawait    coroutine shapes that dangle, or that the users' g++ 12 compiles into double frees
  sizes      files over the limit
  tidy       clang-tidy on the sources that differ from the previous main (--all: on every source)

The previous main is $OPWIRE_LINT_BASE, else origin/main, else the newest commit at least 6 hours older than HEAD."""


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="./dev lint", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", nargs="*", metavar="CHECK", help=f"only these: {', '.join([*CHECKS, 'tidy'])}")
    parser.add_argument("--all", action="store_true", help="clang-tidy on every source")
    options = parser.parse_args()
    checks = {**CHECKS, "tidy": lambda tree: tidy.check(tree, options.all)}
    for name in options.check:
        if name not in checks:
            parser.error(f"no check '{name}'")

    tree = Tree.of_checkout()
    failed = []
    for name in options.check or checks:
        print(f"== lint: {name}", flush=True)
        started = time.monotonic()
        problems = checks[name](tree)
        for problem in problems:
            print(f"   {problem}")
        print(f"   {len(problems) or 'no'} problems, {time.monotonic() - started:.1f} s", flush=True)
        if problems:
            failed.append(name)
    print(f"lint: {', '.join(failed)} refused" if failed else "lint: all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
