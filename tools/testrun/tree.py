"""Where things are, and what a build folder holds."""

import pathlib
from dataclasses import dataclass

import process

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


@dataclass(frozen=True)
class Target:
    """A line of opwire-targets.txt, which CMake writes."""

    kind: str  # test, fuzz or bench
    name: str
    program: pathlib.Path
    corpus: pathlib.Path | None = None

    @property
    def ninja_name(self):
        return self.program.name


def build(preset, arguments=()):
    """Builds (only these targets, if any are named); False when it failed, after showing why."""
    return process.show([ROOT / "dev", "build", preset, *arguments]) == 0


def configure(preset):
    """Brings the list of targets up to date without compiling any."""
    return build(preset, ["--configure"])


def targets(preset, kind):
    found = []
    for line in (BUILD / preset / "opwire-targets.txt").read_text().splitlines():
        line_kind, name, path, *corpus = line.split()
        if line_kind == kind:
            found.append(Target(kind, name, BUILD / preset / path, ROOT / corpus[0] if corpus else None))
    return found


def matching(found, words):
    """Those whose name contains one of the words; all when there are none."""
    return [t for t in found if not words or any(word in t.name for word in words)]
