"""payload_by_number: opwire's client against op-node's servers, and op-node's client against opwire's server."""

import contextlib
import json
import time

from cases.opnode import KEY, rollup_file
from harness.peer import Listener
from harness.report import expect, expect_true

BLOCKS = 120
SPREAD = 60  # seconds of each payload version before the last: the blocks are of all four
SIZE = {"txs": 3, "tx_size": 2000}
FOR_OP_NODE = 40  # what its client asks for at its own pace: 15, then 4 a second


def add(cases, programs):
    net = Network(programs)
    cases.add(f"sync: opwire fetches {BLOCKS} blocks of V1 to V4 from op-nodes, one of them without any", net.fetch)
    cases.add(f"sync: op-node fetches {FOR_OP_NODE} blocks from opwire, which fetched them before", net.serve)


class Network:
    def __init__(self, programs):
        self.programs = programs

    def op_node(self, rollup, *flags):
        return Listener([self.programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY, *flags])

    @contextlib.contextmanager
    def fetched(self, servers):
        """opwire with BLOCKS of op-nodes; what it said of each; and the block above them, which nobody asked for."""
        with rollup_file(self.programs, "--spread", f"{SPREAD}s") as rollup, contextlib.ExitStack() as running:
            theirs = [running.enter_context(self.op_node(rollup)) for _ in range(servers)]
            first = newest_number(rollup) - BLOCKS
            last = [peer.ask("store", "stored", first=first, count=BLOCKS + 1, seed=7, **SIZE) for peer in theirs][0]
            empty = running.enter_context(self.op_node(rollup))
            static = ",".join(peer.address for peer in [*theirs, empty])
            ours = running.enter_context(Listener([self.programs.opwirenode, "--rollup-config", rollup,
                                                   "--sequencer-key", KEY, "--static", static]))
            ours.ask("fetch", "fetch_done", timeout=60, after=first - 1, before=last["number"], top=last["parent_hash"])
            yield rollup, ours, ours.events("fetched", BLOCKS), last

    def fetch(self):
        with self.fetched(servers=3) as (_, _, blocks, last):
            expect([block["number"] for block in blocks], list(range(last["number"] - 1, last["number"] - BLOCKS - 1, -1)),
                   "numbers, newest first")
            expect(sorted({block["version"] for block in blocks}), [1, 2, 3, 4], "versions")
            expect(len({block["from"] for block in blocks}), 3, "peers that blocks came from")

    def serve(self):
        with self.fetched(servers=3) as (rollup, ours, blocks, last):
            with self.op_node(rollup, "--static", ours.address) as late:
                late.ask("request_range", "requested", after=last["number"] - FOR_OP_NODE - 1, before=last["number"],
                         hash=last["hash"], top=last["parent_hash"])
                accepted = late.events("accepted", FOR_OP_NODE, timeout=60)
                expect([(block["number"], block["hash"]) for block in accepted],
                       [(block["number"], block["hash"]) for block in blocks[:FOR_OP_NODE]], "blocks, newest first")
                expect_true(all(block["from"] == ours.id for block in accepted), "all came from opwire")


def newest_number(rollup):
    """Of the block whose time has come."""
    config = json.loads(rollup.read_text())
    return config["genesis"]["l2"]["number"] + (int(time.time()) - config["genesis"]["l2_time"]) // config["block_time"]
