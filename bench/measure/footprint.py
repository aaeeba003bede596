"""What an idle node takes: memory of `opwire run` without peers, and the size of the program."""

import pathlib
import re
import subprocess
import tempfile
import time

from harness.peer import present
from measure.samples import alternate
from measure.table import table

TITLE = "Footprint"
SETTLED = 5  # seconds after which an idle node has done all it does at the start


def measure(context):
    seconds = 1 if context.quick else SETTLED
    jobs = {"opwire run, idle": lambda: _run(context.programs.opwire, seconds)}
    return alternate(1 if context.quick else 3, 0, jobs)


def _run(opwire, seconds):
    with tempfile.TemporaryDirectory() as folder:
        command = [opwire, "run", "--network", "op-mainnet", "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0,
                   "--p2p.no-discovery", "--p2p.priv.path", pathlib.Path(folder) / "key"]
        node = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(seconds)
            memory = pathlib.Path(f"/proc/{node.pid}/smaps_rollup").read_text()
        finally:
            node.terminate()
            node.wait(20)
    return {"anonymous_mib": _kib(memory, "Anonymous") / 1024, "resident_mib": _kib(memory, "Rss") / 1024,
            "program_mib": _stripped(opwire) / (1 << 20)}


def _kib(memory, name):
    return int(re.search(rf"^{name}:\s+(\d+) kB", memory, re.MULTILINE).group(1))


def _stripped(program):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "-o", copy.name, str(present(program))], check=True)
        return pathlib.Path(copy.name).stat().st_size


def show(series):
    keys = ("anonymous_mib", "resident_mib", "program_mib")
    return table(["", "anonymous MiB", "resident MiB", "stripped program MiB"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
