"""Memory of an idle connection: how the listener's resident set grows with them, after identify alone and with gossip's
streams both ways."""

import contextlib

from cases.gossip import OP_IDS, TOPIC
from harness.peer import Process
from measure.part import DIALLER_CPU, listen
from measure.samples import alternate
from measure.table import table

TITLE = "Idle connections"
GOSSIP = ("--gossip", TOPIC, OP_IDS)


def measure(context):
    few, many = (20, 120) if context.quick else (1000, 5000)
    jobs = {}
    for name, program in context.sides().items():
        jobs[name] = lambda p=program: _grow(context, p, few, many)
        jobs[f"{name}, with gossip"] = lambda p=program: _grow(context, p, few // 5, many // 5, *GOSSIP)
    return alternate(1 if context.quick else min(3, context.rounds), 0, jobs)


def _grow(context, program, few, many, *gossip):
    with contextlib.ExitStack() as held:
        listener = held.enter_context(listen(program, *gossip))
        empty = _resident(listener)
        _hold(held, context, listener, few, *gossip)
        first = _resident(listener)
        _hold(held, context, listener, many - few, *gossip)
        last = _resident(listener)
    return {"kib_without": empty / 1024, "kib_per_connection": (last - first) / (many - few) / 1024}


def _hold(held, context, listener, count, *gossip):
    dialler = [context.programs.opwirepeer, "dial", listener.address, "idle", count, *gossip]
    held.enter_context(Process(dialler, cpu=DIALLER_CPU)).event("idle", timeout=240)


def _resident(listener):
    listener.ask("stats", "stats", collect=True)
    return listener.ask("stats", "stats", collect=True)["rss_bytes"]


def show(series):
    return table(["", "KiB without", "KiB a connection"],
                 [[one.name, one.median("kib_without"), one.median("kib_per_connection")] for one in series])
