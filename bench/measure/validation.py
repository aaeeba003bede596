"""Checking a gossiped block, message id included: opwire with each of Keccak's kernels, its raw primitives, and op-node's
own validator."""

import json

from harness.peer import Process
from measure.samples import alternate
from measure.table import percent, table

TITLE = "Block validation"
# transactions, bytes of each, messages: 2.5, 30 and 129 KB
SIZES = ((5, 369, 2000), (41, 724, 800), (101, 1267, 300))
KERNELS = ("avx512", "avx2", "portable")  # the fastest first


def measure(context):
    jobs = {}
    for txs, size, count in SIZES:
        count = max(50, count // 10) if context.quick else count
        jobs[f"{txs} transactions"] = lambda t=txs, s=size, n=count: _all(context, t, s, n)
    return alternate(context.rounds, context.warm_up, jobs)


def _all(context, txs, size, count):
    program = context.programs.bench / "bench_validation"
    fastest = _run([program, txs, size, count, 3])
    measured = {"plain_bytes": fastest["plain_bytes"], "wire_bytes": fastest["wire_bytes"],
                "opwire_allocations": fastest["allocations_per_message"]} | _of_kernel(fastest)
    for kernel in KERNELS[KERNELS.index(fastest["kernel"]) + 1:]:
        measured |= _of_kernel(_run([program, txs, size, count, 3, kernel]))
    theirs = _run([context.programs.opnodepeer, "bench-validate", "--txs", txs, "--size", size, "--count", count])
    return measured | {"opnode_us": theirs["cpu_us_per_message"],
                       "opnode_allocations": theirs["allocations_per_message"]}


def _of_kernel(run):
    kernel = run["kernel"]
    return {f"{kernel}_us": run["cpu_us_per_message"], f"{kernel}_refused_us": run["refused_cpu_us_per_message"],
            f"{kernel}_one_by_one_us": run["primitives_cpu_us_per_message"],
            f"{kernel}_together_us": run["batch_primitives_cpu_us_per_message"]}


def _run(command):
    with Process(command, cpu=0) as program:
        return json.loads(program.line(120))


def show(series):
    head = ["", "bytes", "snappy", "kernel", "opwire us", "op-node us", "of op-node", "of primitives", "one by one",
            "refused us", "allocations", "op-node's"]
    return table(head, [_row(one, kernel) for one in series for kernel in KERNELS if f"{kernel}_us" in one.values])


def _row(one, kernel):
    ours, theirs = one.median(f"{kernel}_us"), one.median("opnode_us")
    return [one.name, one.median("plain_bytes"), percent(one.median("wire_bytes") / one.median("plain_bytes")), kernel,
            ours, theirs, ours / theirs, ours / one.median(f"{kernel}_together_us"),
            ours / one.median(f"{kernel}_one_by_one_us"), one.median(f"{kernel}_refused_us"),
            one.median("opwire_allocations"), one.median("opnode_allocations")]
