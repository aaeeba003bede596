"""Every C++ source is as clang-format leaves it."""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import ROOT, Problem

FORMATTER = "clang-format-19"
_FINDING = re.compile(r"^(.+?):(\d+):\d+: error: .*\[-Wclang-format-violations\]$")
_BATCH = 50


def check(tree):
    paths = [path for path, _ in tree.cpp()]
    batches = [paths[i:i + _BATCH] for i in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [problem for found in pool.map(check_files, batches) for problem in found]


def check_files(paths):
    """The first line of each file that the formatter would change."""
    done = subprocess.run([FORMATTER, "--dry-run", "-Werror", f"--style=file:{ROOT}/.clang-format", *paths], cwd=ROOT,
                          capture_output=True, text=True)
    found = {}
    for line in done.stderr.splitlines():
        if match := _FINDING.match(line):
            found.setdefault(match[1], Problem(match[1], int(match[2]), "not as clang-format leaves it: ./dev fmt"))
    if done.returncode != 0 and not found:
        raise SystemExit(f"lint: {FORMATTER}: {done.stderr.strip()}")
    return list(found.values())
