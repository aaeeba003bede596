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
        return {"opwire": self.programs.opwirepeer, "go": self.programs.gopeer}


PAIRS = (("opwire", "opwire"), ("go", "go"), ("opwire", "go"), ("go", "opwire"))


def listen(program, *flags):
    return Listener([program, "listen", *flags], env=GO, cpu=LISTENER_CPU)


def dial(program, listener, *words):
    """The dialler's result, and the CPU time that the listener spent on it."""
    before = listener.ask("stats", "stats")["cpu_seconds"]
    result = run_dial([program, "dial", listener.address, *map(str, words)], timeout=300, env=GO, cpu=DIALLER_CPU)
    return result, listener.ask("stats", "stats")["cpu_seconds"] - before
