"""One stream over noise and yamux, beside raw TCP with one encryption pass over the same bytes."""

import json

from harness.peer import Process
from measure.part import PAIRS, dial, listen
from measure.samples import alternate
from measure.table import percent, table

TITLE = "One stream, noise and yamux"
BOUND = "bound: TCP and one ChaCha20-Poly1305 pass"
PLAIN = "TCP alone"
MIB = 1 << 20


def measure(context):
    size = (64 if context.quick else 512) * MIB
    jobs = {BOUND: lambda: _bound(context, size), PLAIN: lambda: _bound(context, size, "--plain")}
    for dialler, listener in PAIRS:
        for way in ("up", "down"):
            sender, receiver = (dialler, listener) if way == "up" else (listener, dialler)
            name = f"{sender} to {receiver}, {'dialler' if way == 'up' else 'listener'} sends"
            jobs[name] = lambda d=dialler, l=listener, w=way: _transfer(context, d, l, w, size)
    return alternate(context.rounds, context.warm_up, jobs)


def _transfer(context, dialler, listener, way, size):
    sides = context.sides()
    with listen(sides[listener]) as peer:
        result, theirs = dial(sides[dialler], peer, "perf", way, size)
    sender, receiver = (result["cpu_seconds"], theirs) if way == "up" else (theirs, result["cpu_seconds"])
    return _quantities(result["mib_per_second"], size / MIB, sender, receiver)


def _bound(context, size, *flags):
    with Process([context.programs.bench / "bench_bound", size, *flags]) as program:
        found = json.loads(program.line(120))
    return _quantities(found["mib_per_second"], found["mib"], found["sender_cpu_seconds"], found["receiver_cpu_seconds"])


def _quantities(mib_per_second, mib, sender_cpu, receiver_cpu):
    return {"mib_per_second": mib_per_second, "mib_per_sender_cpu_second": mib / sender_cpu,
            "mib_per_receiver_cpu_second": mib / receiver_cpu}


def show(series):
    bound = next(s for s in series if s.name == BOUND)
    keys = ("mib_per_second", "mib_per_sender_cpu_second", "mib_per_receiver_cpu_second")
    rows = []
    for one in series:
        row = [one.name, one.median(keys[0])]
        for key in keys[1:]:
            row += [one.median(key), percent(one.median(key) / bound.median(key))]
        rows.append(row)
    return table(["", "MiB/s", "per sender CPU-s", "of bound", "per receiver CPU-s", "of bound"], rows)
