"""discv5: what a handshake and a PING cost the node that is asked, and the one that asks."""

from harness.peer import Discoverer, run_dial
from measure.part import DIALLER_CPU, GO, LISTENER_CPU
from measure.samples import alternate
from measure.table import table

TITLE = "Discovery"
IN_FLIGHT = 16


def measure(context):
    programs = context.programs
    handshakes, pings = (50, 500) if context.quick else (2000, 50000)
    jobs = {}
    for name, listener in (("opwire", programs.opwiredisc), ("go-ethereum", programs.gethdisc), ("sigp", programs.sigpdisc)):
        for test, count in (("handshakes", handshakes), ("pings", pings)):
            jobs[f"{test}, {name} answers"] = lambda l=listener, t=test, c=count: _ask(programs.opwiredisc, l, t, c)
    return alternate(context.rounds, context.warm_up, jobs)


def _ask(dialler, listener, test, count):
    with Discoverer(listener, env=GO, cpu=LISTENER_CPU) as peer:
        before = peer.ask("stats", "stats")["cpu_seconds"]
        command = [dialler, "bench", test, "--to", peer.enr, "--count", count, "--in-flight", IN_FLIGHT]
        result = run_dial(command, env=GO, cpu=DIALLER_CPU)
        theirs = peer.ask("stats", "stats")["cpu_seconds"] - before
    return {"per_second": count / result["seconds"], "listener_us": theirs / count * 1e6,
            "dialler_us": result["cpu_seconds"] / count * 1e6, "p50_us": result["p50_us"]}


def show(series):
    keys = ("per_second", "listener_us", "dialler_us", "p50_us")
    return table(["", "per s", "listener CPU us", "dialler CPU us", "p50 us"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
