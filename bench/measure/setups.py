"""Connection set-ups: dial, noise, muxer, identify, close."""

from measure.part import PAIRS, dial, listen
from measure.samples import alternate
from measure.table import table

TITLE = "Connection set-ups"


def measure(context):
    count = 100 if context.quick else 1000
    jobs = {}
    for in_flight in (1, 16):
        for dialler, listener in PAIRS:
            name = f"{dialler} dials {listener}, {in_flight} at a time"
            jobs[name] = lambda d=dialler, l=listener, j=in_flight: _set_up(context, d, l, j, count)
    return alternate(context.rounds, context.warm_up, jobs)


def _set_up(context, dialler, listener, in_flight, count):
    sides = context.sides()
    with listen(sides[listener]) as peer:
        result, theirs = dial(sides[dialler], peer, "perf", "setups", count, "--in-flight", in_flight)
    return {"per_second": result["per_second"], "p50_us": result["p50_us"], "p99_us": result["p99_us"],
            "per_dialler_cpu_second": count / result["cpu_seconds"], "per_listener_cpu_second": count / theirs}


def show(series):
    keys = ("per_second", "per_dialler_cpu_second", "per_listener_cpu_second", "p50_us", "p99_us")
    return table(["", "per s", "per dialler CPU-s", "per listener CPU-s", "p50 us", "p99 us"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
