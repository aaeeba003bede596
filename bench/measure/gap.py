"""Closing a gap of 30 KiB blocks from four peers: under the limiters of op-nodes, and from opwires without any."""

import time

from measure.payloads import background, blocks, cpu_seconds, permitted_seconds
from measure.samples import alternate
from measure.table import percent, table

TITLE = "Closing a gap of 30 KiB blocks"
SERVERS = 4
WATCHED = 2  # seconds, for what the servers do by themselves, which is not counted
UNDER_LIMITERS = 400  # 60 at once, then 16 a second: 21 s. For the 2,000 of a longer gap, 121 s
FOR_OP_NODE = 120  # its client's queue holds 128
WITHOUT = 1500  # what 64 MiB of memory hold of them


def measure(context):
    programs, quick = context.programs, context.quick
    slow, theirs, fast = (80, 80, 200) if quick else (UNDER_LIMITERS, FOR_OP_NODE, WITHOUT)
    jobs = {f"opwire, {slow} from op-nodes": lambda: _opwire(programs, slow, "op_nodes"),
            f"op-node, {theirs} from op-nodes": lambda: _op_node(programs, theirs),
            f"opwire, {fast} from opwires": lambda: _opwire(programs, fast, "opwires", "--ask-freely")}
    return alternate(1 if quick else min(3, context.rounds), 0, jobs)


def _opwire(programs, count, servers, *flags):
    with blocks(programs, count) as made:
        sources = getattr(made, servers)(SERVERS)
        client = made.opwire_client(sources, *flags)
        idle = background(sources, WATCHED)
        before = cpu_seconds(sources)
        made.begin_fetch(client)
        done = client.event("fetch_done", 300)
        spent = cpu_seconds(sources) - before - idle * done["seconds"]
        return _row(count, done["seconds"], done["cpu_seconds"], spent) | _share(servers, count, done["seconds"])


def _op_node(programs, count):
    with blocks(programs, count) as made:
        sources = made.op_nodes(SERVERS)
        client = made.op_node_client(sources)
        idle = background(sources, WATCHED)
        before, own, began = cpu_seconds(sources), cpu_seconds([client]), time.monotonic()
        made.request(client)
        seconds = time.monotonic() - began
        own, spent = cpu_seconds([client]) - own, cpu_seconds(sources) - before - idle * seconds
        return _row(count, seconds, own, spent) | _share("op_nodes", count, seconds)


def _row(count, seconds, client_cpu, server_cpu):
    return {"seconds": seconds, "blocks_per_second": count / seconds, "client_us": client_cpu / count * 1e6,
            "servers_us": server_cpu / count * 1e6}


def _share(servers, count, seconds):
    return {"of_permitted": permitted_seconds(count, SERVERS) / seconds} if servers == "op_nodes" else {}


def show(series):
    keys = ("seconds", "blocks_per_second", "client_us", "servers_us")
    return table(["", "s", "blocks/s", "client CPU us a block", "servers CPU us a block", "of what limiters permit"],
                 [[one.name, *(one.median(key) for key in keys),
                   percent(one.median("of_permitted")) if "of_permitted" in one.values else None] for one in series])
