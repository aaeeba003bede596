"""clang-tidy on what changed: sources, and for a header the source that shows it."""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import changes
from tree import ROOT, Problem, is_test

TIDY = "clang-tidy-19"
PRESET = "dev"
_FINDING = re.compile(r"^(?P<path>[^\s:][^:]*):(?P<line>\d+):\d+: (?:error|warning): (?P<text>.*)$")


def check(tree, everything):
    commit = None if everything else changes.base()
    paths = list(tree.files) if commit is None else changes.since(commit)
    chosen = sources_for(tree, paths)
    print(f"   {len(chosen)} sources, " + (f"changed since {commit[:10]}" if commit else "the whole tree"), flush=True)
    if not chosen:
        return []
    # The compiler and clang-tidy are the same version, so the one reads the other's precompiled header.
    if subprocess.run([ROOT / "dev", "build", PRESET, "opwire_pch"], stdin=subprocess.DEVNULL).returncode != 0:
        return [Problem("CMakeLists.txt", 1, "clang-tidy needs the precompiled header, and it did not build")]
    build = ROOT / "build" / PRESET
    compiled = {os.path.relpath(entry["file"], ROOT) for entry in json.loads((build / "compile_commands.json").read_text())}
    return run([path for path in chosen if path in compiled], build)


def sources_for(tree, paths):
    """The sources to look at when these files changed. Tests are left out: the macros cost much and hide nothing."""
    sources = [path for path, _ in tree.cpp("opwire", "cli") if path.endswith(".cpp") and not is_test(path)]
    chosen = set()
    for path in paths:
        if path in sources:
            chosen.add(path)
        elif path.endswith(".hpp") and not is_test(path):
            own = path[:-len(".hpp")] + ".cpp"
            users = [source for source in sources if f'"{path}"' in tree.files[source]]
            near = [source for source in users if source.rpartition("/")[0] == path.rpartition("/")[0]]
            chosen.update([own] if own in sources else (near or users)[:1])
    return sorted(chosen)


def run(paths, build, config=None):
    """Problems of these sources, each once. A line a minute tells how far it is."""
    started = last = time.monotonic()
    found = {}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, problems in enumerate(pool.map(lambda path: _one(path, build, config), paths), 1):
            found.update(dict.fromkeys(problems))
            if time.monotonic() - last > 60:
                last = time.monotonic()
                print(f"   {number} of {len(paths)} after {last - started:.0f} s", flush=True)
    return list(found)


def _one(path, build, config):
    # The compiler has its own say in the build: here only the checks speak.
    command = [TIDY, "--quiet", "-p", build, "--extra-arg=-Wno-error", *([f"--config-file={config}"] if config else []), path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        if match := _FINDING.match(line):
            found.append(Problem(os.path.relpath(ROOT / match["path"], ROOT), int(match["line"]), match["text"].replace(",-warnings-as-errors", "")))
    if done.returncode != 0 and not found:
        found.append(Problem(path, 1, "clang-tidy failed: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1]))
    return found
