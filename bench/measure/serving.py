"""Serving 30 KiB blocks by number: CPU time of each, and memory, with one requester and with eight. opwire serves
without limits, op-node under its own; the requesters are opwire's, and keep to what an op-node serves where they ask
one."""

from measure.payloads import background, blocks, cpu_seconds
from measure.samples import alternate
from measure.table import table

TITLE = "Serving 30 KiB blocks"
REQUESTERS = (1, 8)
FREELY = 1500
WATCHED = 2  # seconds: what a server does by itself is not counted, which matters where the limiter makes it wait
LIMITED = {1: 60, 8: 30}  # of each: 11 s under its limiters


def measure(context):
    jobs = {}
    for number in REQUESTERS:
        count = 200 if context.quick else FREELY
        jobs[f"opwire, requesters: {number}"] = lambda n=number, c=count: _serve(context.programs, "opwires", n, c,
                                                                               "--ask-freely")
        count = 20 if context.quick else LIMITED[number]
        jobs[f"op-node, requesters: {number}"] = lambda n=number, c=count: _serve(context.programs, "op_nodes", n, c)
    return alternate(1 if context.quick else min(3, context.rounds), 0, jobs)


def _serve(programs, server, requesters, count, *flags):
    with blocks(programs, count) as made:
        [source] = getattr(made, server)(1)
        idle = source.ask("stats", "stats")["rss_bytes"]
        clients = [made.opwire_client([source], *flags) for _ in range(requesters)]
        idle_cpu = background([source], WATCHED)
        before = cpu_seconds([source])
        for client in clients:
            made.begin_fetch(client)
        seconds = max(client.event("fetch_done", 300)["seconds"] for client in clients)
        spent = cpu_seconds([source]) - before - idle_cpu * seconds
        payloads = requesters * count
        return {"per_second": payloads / seconds, "per_cpu_second": payloads / spent, "us": spent / payloads * 1e6,
                "idle_mib": idle / (1 << 20), "rss_mib": source.ask("stats", "stats")["rss_bytes"] / (1 << 20)}


def show(series):
    keys = ("per_second", "per_cpu_second", "us", "idle_mib", "rss_mib")
    return table(["", "payloads/s", "per CPU-s", "CPU us a payload", "MiB with the blocks", "MiB afterwards"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
