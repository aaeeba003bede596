"""Checking a gossiped block, message id included: opwire, its raw primitives, and op-node's own validator."""

import json

from harness.peer import Process
from measure.samples import alternate
from measure.table import table

TITLE = "Block validation"
# transactions, bytes of each, messages: 2.5, 30 and 129 KB
SIZES = ((5, 369, 2000), (41, 724, 800), (101, 1267, 300))


def measure(context):
    jobs = {}
    for txs, size, count in SIZES:
        count = max(50, count // 10) if context.quick else count
        jobs[f"{txs} transactions"] = lambda t=txs, s=size, n=count: _both(context, t, s, n)
    return alternate(context.rounds, context.warm_up, jobs)


def _both(context, txs, size, count):
    ours = _run([context.programs.bench / "bench_validation", txs, size, count, 3])
    theirs = _run([context.programs.opnodepeer, "bench-validate", "--txs", txs, "--size", size, "--count", count])
    return {"plain_bytes": ours["plain_bytes"], "opwire_us": ours["cpu_us_per_message"],
            "primitives_us": ours["primitives_cpu_us_per_message"], "opnode_us": theirs["cpu_us_per_message"],
            "opwire_allocations": ours["allocations_per_message"],
            "opnode_allocations": theirs["allocations_per_message"],
            "ratio": ours["cpu_us_per_message"] / ours["primitives_cpu_us_per_message"]}


def _run(command):
    with Process(command, cpu=0) as program:
        return json.loads(program.line(120))


def show(series):
    keys = ("plain_bytes", "opwire_us", "primitives_us", "ratio", "opnode_us", "opwire_allocations",
            "opnode_allocations")
    head = ["", "bytes", "opwire us", "primitives us", "ratio", "op-node us", "allocations", "op-node's"]
    return table(head, [[one.name, *(one.median(key) for key in keys)] for one in series])
