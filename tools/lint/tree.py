"""The files that the checks read, and what a check says about them."""

import pathlib
import subprocess
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Problem:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Tree:
    """Paths from the root of the checkout, and the text of each file. A test makes one from a dictionary."""

    def __init__(self, files):
        self.files = files

    @staticmethod
    def of_checkout(root=ROOT):
        """Every file that git tracks or would track, as it is on disk now."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=root, check=True, capture_output=True, text=True).stdout
        paths = sorted(path for path in listed.split("\0") if path and (root / path).is_file())
        return Tree({path: (root / path).read_text(errors="replace") for path in paths if _is_text(path)})

    def cpp(self, *folders):
        """(path, text) of each C++ file, in these folders only if any are named."""
        for path, text in self.files.items():
            if path.endswith((".hpp", ".cpp")) and (not folders or path.startswith(tuple(f + "/" for f in folders))):
                yield path, text


def _is_text(path):
    return path.endswith((".hpp", ".cpp", ".txt", ".cmake", ".py", ".sh", ".go", ".in")) or "." not in path.rsplit("/")[-1]


def is_test_support(path):
    """A header that only tests, fuzzers and benches use. cmake/Install.cmake leaves the same ones out."""
    return path.endswith(("_for_test.hpp", "_conformance.hpp"))


def is_test(path):
    return path.endswith(("_test.cpp", "_fuzz.cpp", "_bench.cpp")) or is_test_support(path)
