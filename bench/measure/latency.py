"""A byte there and back on one stream, with both ends on one CPU: what is measured is work, not waking a CPU."""

from measure.part import LISTENER_CPU, dial, listen
from measure.samples import alternate
from measure.table import table

TITLE = "One byte there and back"


def measure(context):
    count = 1000 if context.quick else 20_000
    jobs = {name: lambda p=program: _round_trips(p, count) for name, program in context.sides().items()}
    return alternate(context.rounds, context.warm_up, jobs)


def _round_trips(program, count):
    with listen(program) as peer:
        result, _ = dial(program, peer, "perf", "latency", count, cpu=LISTENER_CPU)
    return {"p50_us": result["p50_us"], "p99_us": result["p99_us"]}


def show(series):
    return table(["", "p50 us", "p99 us"], [[one.name, one.median("p50_us"), one.median("p99_us")] for one in series])
