"""From gossip to the execution engine: how long after a 128 KiB block was published, and after it was accepted, the
last byte of its engine_newPayload has arrived at an engine that answers at once."""

import contextlib
import statistics

from cases.opnode import KEY, SIGNER, rollup_file
from harness.peer import Listener
from harness.report import wait_until
from measure.samples import alternate
from measure.stamping_engine import StampingEngine
from measure.table import table

TITLE = "From gossip to engine_newPayload, 128 KiB blocks"
BLOCK = {"version": 4, "txs": 101, "tx_size": 1267}
INTERVAL_MS = 40
WARM_UP, COUNT = 175, 150
TOPIC = "/optimism/901/3/blocks"


def measure(context):
    counts = (0, 20) if context.quick else (WARM_UP, COUNT)
    return alternate(context.rounds, context.warm_up, {"opwire": lambda: _follow(context.programs, *counts)})


def _follow(programs, warm_up, count):
    with contextlib.ExitStack() as held:
        rollup = held.enter_context(rollup_file(programs, "--fork", "isthmus"))
        engine = held.enter_context(StampingEngine(rollup))
        publisher = held.enter_context(Listener([programs.opwirenode, "--rollup-config", rollup,
                                                 "--sequencer-key", KEY]))
        follower = held.enter_context(Listener([programs.opwirenode, "--rollup-config", rollup, "--signer", SIGNER,
                                                "--static", publisher.address, "--l2", engine.url]))
        for peer in (publisher, follower):
            wait_until(lambda p=peer: p.ask("status", "status")["mesh"][TOPIC] == 1, "a full mesh")
        publisher.send(cmd="publish", count=warm_up + count, interval_ms=INTERVAL_MS, **BLOCK)
        published = publisher.events("published", warm_up + count)[warm_up:]
        accepted = {line["hash"]: line["at_us"] for line in follower.events("accepted", warm_up + count)}
        wait_until(lambda: all(line["hash"] in engine.arrived_us for line in published), "every newPayload")
        arrived = engine.arrived_us
        since_published = [arrived[line["hash"]] - line["at_us"] for line in published]
        since_accepted = [arrived[line["hash"]] - accepted[line["hash"]] for line in published]
    return _percentiles("published", since_published) | _percentiles("accepted", since_accepted)


def _percentiles(since, waits):
    waits = sorted(waits)
    return {f"{since}_p50_us": statistics.median(waits), f"{since}_p99_us": waits[len(waits) * 99 // 100]}


def show(series):
    keys = [f"{since}_{at}_us" for since in ("published", "accepted") for at in ("p50", "p99")]
    return table(["", "published, p50 us", "p99 us", "accepted, p50 us", "p99 us"],
                 [[one.name, *(one.median(key) for key in keys)] for one in series])
