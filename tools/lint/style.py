"""Every C++ source is as clang-format leaves it."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import ROOT, Problem

FORMATTER = "clang-format-19"


def check(tree):
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [problem for problem in pool.map(lambda item: check_text(*item), tree.cpp()) if problem]


def check_text(path, text):
    """The first line that the formatter would change, or None."""
    wanted = subprocess.run([FORMATTER, f"--assume-filename={ROOT / path}"], input=text, capture_output=True, text=True, check=True)
    before, after = text.splitlines(), wanted.stdout.splitlines()
    for number, (old, new) in enumerate(zip(before + [None], after + [None]), 1):
        if old != new:
            return Problem(path, number, "not as clang-format leaves it: ./dev fmt")
    return None
