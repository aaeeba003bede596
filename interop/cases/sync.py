"""payload_by_number: opwire's client against op-node's servers, and op-node's client against opwire's server."""

import contextlib
import json
import time

from cases.opnode import KEY, rollup_file
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

BLOCKS = 120
SPREAD = 60  # seconds of each payload version before the last: the blocks are of all four
SIZE = {"txs": 3, "tx_size": 2000}
SMALL = {"txs": 2, "tx_size": 200}
FOR_OP_NODE = 40  # what its client asks for at its own pace: 15, then 4 a second
MANY = 500
SERVERS = 8  # of which each serves 15 blocks, then 4 a second: 12 s for all of them
PIECE = 125  # of a range that op-node's client, whose queue holds 128, takes at once
FEW = 20
ANSWER_TIMEOUT, PAUSE = 10, 4  # seconds: what opwire grants an answer, and how long it leaves alone who did not give it

# How a peer lies, and what opwire calls it.
LIES = {
    "wrong_hash": "payload.block_hash",
    "wrong_number": "sync.other_block",
    "other_chain": "sync.not_linked",
    "truncated": "codec.snappy_truncated",
    "oversized": "codec.snappy_too_large",
    "junk": "codec.snappy_frame",
    "version": "sync.wrong_version_for_time",
    "unknown_version": "sync.unknown_version",
}


def add(cases, programs):
    net = Network(programs)
    cases.add(f"sync: opwire fetches {BLOCKS} blocks of V1 to V4 from op-nodes, one of them without any", net.fetch)
    cases.add(f"sync: op-node fetches {FOR_OP_NODE} blocks from opwire, which fetched them before", net.serve)
    cases.add(f"sync: {MANY} blocks from op-nodes in one range, and from opwire to op-node", net.many)
    for form, name in LIES.items():
        cases.add(f"sync: of five peers one lies ({form}), and it alone is blamed",
                  lambda form=form, name=name: net.among_five(form, name))
    cases.add("sync: of five peers one says nothing, and nobody is blamed", net.silent)
    cases.add("sync: of five peers one says nothing, and is left alone for a while", net.paused)


class Network:
    def __init__(self, programs):
        self.programs = programs

    def op_node(self, rollup, *flags):
        return Listener([self.programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY, *flags])

    def ours(self, rollup, peers, *flags):
        return Listener([self.programs.opwirenode, "--rollup-config", rollup, "--sequencer-key", KEY,
                         "--static", ",".join(peer.address for peer in peers), *flags])

    @contextlib.contextmanager
    def stored(self, servers, count, size):
        """op-nodes with the same blocks, and a last one with none; and the block above, which nobody asks for."""
        with rollup_file(self.programs, "--spread", f"{SPREAD}s") as rollup, contextlib.ExitStack() as running:
            theirs = [running.enter_context(self.op_node(rollup)) for _ in range(servers)]
            first = newest_number(rollup) - count
            last = [peer.ask("store", "stored", first=first, count=count + 1, seed=7, **size) for peer in theirs][0]
            empty = running.enter_context(self.op_node(rollup))
            yield rollup, running, [*theirs, empty], last

    @contextlib.contextmanager
    def fetched(self, servers):
        """opwire with BLOCKS of op-nodes; what it said of each; and the block above them."""
        with self.stored(servers, BLOCKS, SIZE) as (rollup, running, theirs, last):
            ours = running.enter_context(self.ours(rollup, theirs))
            yield rollup, ours, fetch_below(ours, last, BLOCKS), last

    def fetch(self):
        with self.fetched(servers=3) as (_, _, blocks, last):
            expect([block["number"] for block in blocks], numbers_below(last, BLOCKS), "numbers, newest first")
            expect(sorted({block["version"] for block in blocks}), [1, 2, 3, 4], "versions")
            expect(len({block["from"] for block in blocks}), 3, "peers that blocks came from")

    def serve(self):
        with self.fetched(servers=3) as (rollup, ours, blocks, last):
            with self.op_node(rollup, "--static", ours.address) as late:
                request(late, last, FOR_OP_NODE)
                accepted = late.events("accepted", FOR_OP_NODE, timeout=60)
                expect(identities(accepted), identities(blocks[:FOR_OP_NODE]), "blocks, newest first")
                expect_true(all(block["from"] == ours.id for block in accepted), "all came from opwire")

    def many(self):
        """What opwire has fetched is handed on among opwires without limits: op-node's own are the only ones."""
        with self.stored(SERVERS, MANY, SMALL) as (rollup, running, theirs, last):
            first = running.enter_context(self.ours(rollup, theirs, "--serve-freely"))
            blocks = fetch_below(first, last, MANY)
            expect([block["number"] for block in blocks], numbers_below(last, MANY), "numbers, newest first")
            ours = [first]
            for _ in range(SERVERS - 1):
                ours.append(running.enter_context(self.ours(rollup, [first], "--serve-freely", "--ask-freely")))
                fetch_below(ours[-1], last, MANY)
            late = running.enter_context(self.op_node(rollup, "--static", ",".join(peer.address for peer in ours)))
            above = last
            for at in range(0, MANY, PIECE):
                request(late, above, PIECE)
                accepted = late.events("accepted", PIECE, timeout=60)
                expect(identities(accepted), identities(blocks[at:at + PIECE]), "blocks, newest first")
                above = accepted[-1]

    @contextlib.contextmanager
    def five(self, form):
        """opwire with two honest op-nodes, one without blocks, a slow peer, and one that answers in that form."""
        with self.stored(2, FEW, SMALL) as (rollup, running, theirs, last):
            ours = running.enter_context(self.ours(rollup, theirs))
            theirs[0].ask("lie", "lying", form="honest", delay_ms=700, to=[ours.address])
            liar = theirs[0].ask("lie", "lying", form=form, to=[ours.address])
            wait_until(lambda: ours.ask("status", "status")["sync_peers"] == 5, "five peers to ask")
            yield ours, theirs[0], liar["id"], last, rollup

    def among_five(self, form, name):
        with self.five(form) as (ours, teller, liar, last, _):
            blocks = fetch_below(ours, last, FEW)
            expect([block["number"] for block in blocks], numbers_below(last, FEW), "numbers, newest first")
            expect_true(all(block["from"] != liar for block in blocks), "no block came from the liar")
            teller.event("lied", id=liar)
            blamed = blamed_by(ours)
            expect({line["peer"] for line in blamed}, {liar}, "who is blamed")
            expect({line["error"] for line in blamed}, {name}, "for what")

    def silent(self):
        """Others answer in its place, before its time is up."""
        with self.five("stall") as (ours, teller, silent, last, _):
            began = time.monotonic()
            blocks = fetch_below(ours, last, FEW)
            expect_true(time.monotonic() - began < ANSWER_TIMEOUT, "the range did not wait for it")
            expect([block["number"] for block in blocks], numbers_below(last, FEW), "numbers, newest first")
            expect_true(all(block["from"] != silent for block in blocks), "no block came from it")
            teller.event("lied", id=silent)
            expect(blamed_by(ours), [], "who is blamed")

    def paused(self):
        """A block that nobody has yet: one that stalled is not asked again as soon as its time is up."""
        with self.five("stall") as (ours, teller, silent, last, rollup), self.op_node(rollup) as elsewhere:
            block = {"first": last["number"] - 2 * FEW, "count": 1, "seed": 9, **SMALL}
            wanted = elsewhere.ask("store", "stored", **block)
            ours.send(cmd="fetch", after=wanted["number"] - 1, before=wanted["number"] + 1, top=wanted["hash"])
            teller.event("lied", id=silent)
            time.sleep(ANSWER_TIMEOUT + PAUSE / 2)
            expect([line for line in heard(teller, "lied") if line["id"] == silent], [], "further questions to it")
            teller.ask("store", "stored", **block)
            ours.event("fetch_done", 30)
            expect(blamed_by(ours), [], "who is blamed")


def fetch_below(ours, last, count):
    """What opwire says of each block, newest first."""
    ours.ask("fetch", "fetch_done", timeout=60, after=last["number"] - count - 1, before=last["number"],
             top=last["parent_hash"])
    return ours.events("fetched", count)


def request(op_node, above, count):
    op_node.ask("request_range", "requested", after=above["number"] - count - 1, before=above["number"],
                hash=above["hash"], top=above["parent_hash"])


def blamed_by(ours):
    return heard(ours, "blamed")


def heard(peer, event):
    """All events of that name until now that nobody has asked for."""
    peer.ask("stats", "stats")
    return peer.taken(event)


def numbers_below(last, count):
    return list(range(last["number"] - 1, last["number"] - count - 1, -1))


def identities(blocks):
    return [(block["number"], block["hash"]) for block in blocks]


def newest_number(rollup):
    """Of the block whose time has come."""
    config = json.loads(rollup.read_text())
    return config["genesis"]["l2"]["number"] + (int(time.time()) - config["genesis"]["l2_time"]) // config["block_time"]
