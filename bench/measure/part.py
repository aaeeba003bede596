"""What the parts of a run share: the peers, pinned as the method asks, and how long to measure."""

from dataclasses import dataclass

from harness.peer import Listener, Programs, run_dial

LISTENER_CPU, DIALLER_CPU = 0, 1
GO = {"GOMAXPROCS": "1"}  # each side has one CPU


@dataclass
class Context:
    programs: Programs
    rounds: int
    warm_up: int
    quick: bool

    def sides(self):
        return {"opwire": self.programs.opwirepeer, "go": self.programs.gopeer, "rust": self.programs.rustpeer}


PAIRS = (("opwire", "opwire"), ("go", "go"), ("rust", "rust"), ("opwire", "go"), ("go", "opwire"))


def listen(program, *flags, cpu=LISTENER_CPU):
    return Listener([program, "listen", *flags, *_flags(program)], env=GO, cpu=cpu)


def dial(program, listener, *words, cpu=DIALLER_CPU):
    """The dialler's result, and the CPU time that the listener spent on it."""
    before = listener.ask("stats", "stats")["cpu_seconds"]
    result = run_dial([program, "dial", listener.address, *map(str, words), *_flags(program)], timeout=300, env=GO, cpu=cpu)
    return result, listener.ask("stats", "stats")["cpu_seconds"] - before


def _flags(program):
    """Each side has one CPU; and rust-libp2p would ping everybody at once, which the others do not."""
    return ["--threads", "1", "--no-ping"] if program.name == "rustpeer" else []
