"""Memory of an idle connection: how the listener's resident set grows with them."""

import contextlib

from harness.peer import Process
from measure.part import DIALLER_CPU, listen
from measure.samples import alternate
from measure.table import table

TITLE = "Idle connections"


def measure(context):
    few, many = (20, 120) if context.quick else (100, 1000)
    jobs = {f"{name} listens": lambda p=program: _grow(context, p, few, many)
            for name, program in context.sides().items()}
    return alternate(1 if context.quick else min(3, context.rounds), 0, jobs)


def _grow(context, program, few, many):
    with contextlib.ExitStack() as held:
        listener = held.enter_context(listen(program))
        empty = _resident(listener)
        _hold(held, context, listener, few)
        first = _resident(listener)
        _hold(held, context, listener, many - few)
        last = _resident(listener)
    return {"kib_without": empty / 1024, "kib_per_connection": (last - first) / (many - few) / 1024}


def _hold(held, context, listener, count):
    dialler = [context.programs.opwirepeer, "dial", listener.address, "idle", count]
    held.enter_context(Process(dialler, cpu=DIALLER_CPU)).event("idle", timeout=120)


def _resident(listener):
    listener.ask("stats", "stats", collect=True)
    return listener.ask("stats", "stats", collect=True)["rss_bytes"]


def show(series):
    return table(["", "KiB without", "KiB a connection"],
                 [[one.name, one.median("kib_without"), one.median("kib_per_connection")] for one in series])
