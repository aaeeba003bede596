"""What an idle node takes: memory of `opwire run` without peers, what discovery adds, and the size of the program."""

import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import time

from harness.peer import Discoverer, present
from measure.samples import alternate
from measure.table import table

TITLE = "Footprint"
SETTLED = 5  # seconds after which an idle node has done all it does at the start
NEIGHBOURS = 40  # nodes that discovery finds
FOUND = 30  # seconds after which it has found them


def measure(context):
    seconds = 1 if context.quick else SETTLED
    neighbours, found = (3, 2) if context.quick else (NEIGHBOURS, FOUND)
    programs = context.programs
    jobs = {"opwire run, idle": lambda: _run(programs.opwire, seconds, ["--p2p.no-discovery"]),
            f"the same, with discovery and {neighbours} nodes": lambda: _run_among(programs, neighbours, found)}
    return alternate(1 if context.quick else 3, 0, jobs)


def _run_among(programs, neighbours, found):
    """Of another chain, so that nobody is dialled and discovery alone is measured."""
    with contextlib.ExitStack() as held:
        bootnode = held.enter_context(Discoverer(programs.opwiredisc, "--chain", 8453))
        for _ in range(neighbours - 1):
            held.enter_context(Discoverer(programs.opwiredisc, "--chain", 8453, "--bootnodes", bootnode.enr))
        flags = ["--p2p.bootnodes", bootnode.enr, "--p2p.discovery.path", "memory"]
        return _run(programs.opwire, found, flags, watched=found)


def _run(opwire, seconds, flags, watched=2):
    with tempfile.TemporaryDirectory() as folder:
        command = [opwire, "run", "--network", "op-mainnet", "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0,
                   "--p2p.priv.path", pathlib.Path(folder) / "key", "--archive.path", pathlib.Path(folder) / "payloads",
                   "--p2p.peerstore.path", pathlib.Path(folder) / "peers", "--rpc.port", 0, *flags]
        node = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(seconds)
            before = _cpu_seconds(node.pid)
            time.sleep(watched)
            cpu = (_cpu_seconds(node.pid) - before) / watched
            memory = pathlib.Path(f"/proc/{node.pid}/smaps_rollup").read_text()
        finally:
            node.terminate()
            node.wait(20)
    return {"anonymous_mib": _kib(memory, "Anonymous") / 1024, "resident_mib": _kib(memory, "Rss") / 1024,
            "cpu_percent": cpu * 100, "program_mib": _stripped(opwire) / (1 << 20)}


def _cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kib(memory, name):
    return int(re.search(rf"^{name}:\s+(\d+) kB", memory, re.MULTILINE).group(1))


def _stripped(program):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "-o", copy.name, str(present(program))], check=True)
        return pathlib.Path(copy.name).stat().st_size


def show(series):
    keys = ("anonymous_mib", "resident_mib", "cpu_percent", "program_mib")
    return table(["", "anonymous MiB", "resident MiB", "CPU, % of a core", "stripped program MiB"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
