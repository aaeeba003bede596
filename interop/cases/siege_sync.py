"""Blocks by number under attack: requests without end, and peers that lie."""

import contextlib
import pathlib
import tempfile
import time

from cases.opnode import KEY, SIGNER, rollup_file
from cases.siege import TOPIC, Attacker, Opwire, stage
from cases.siege_wire import newcomer
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

PAYLOADS = "/opstack/req/payload_by_number/901/0"
LIARS = ("wrong_hash", "truncated", "bomb")


def add(cases, programs):
    cases.add("siege: requests without end", lambda: requests(programs))
    cases.add("siege: blocks that only liars have", lambda: lies(programs))


def requests(programs):
    """Each asks as fast as it can, on more streams than it may have. It is answered as op-node would: 15, then 4 a
    second. An op-node that comes meanwhile has its own share."""
    seconds, greedy = 5, ("ann", "bob", "cid")
    with stage(programs, ceiling=64) as it:
        it.await_blocks(25)
        known = {block["number"]: block for block in it.ours.call("opwire_lastBlocks")}
        for name in greedy:
            it.attacker.start("wire.requests", name, protocol=PAYLOADS, number=min(known), workers=100, seconds=seconds)
        time.sleep(1)
        with newcomer(programs, it) as late:
            wait_until(lambda: it.ours.connected(late.id), "a newcomer")
            time.sleep(0.5)
            top = known[min(known) + 12]
            began = time.monotonic()
            late.ask("request_range", "requested", after=top["number"] - 11, before=top["number"], hash=top["hash"],
                     top=top["parentHash"])
            for number in range(top["number"] - 1, top["number"] - 11, -1):
                expect(late.event("accepted", 10, number=number)["hash"], known[number]["hash"], f"block {number}")
            took = time.monotonic() - began
            expect_true(took < 5, f"ten blocks for a newcomer took {took:.1f} s")
        for name in greedy:
            told = it.attacker.finished(name)
            answered, told_so = told["answers"][0], told["answers"][3]
            expect_true(15 <= answered <= 15 + 4 * seconds + 4, f"answers to one that asks without end: {told}")
            expect((told_so, told["answers"][1], told["answers"][2]), (0, 0, 0), f"other answers: {told}")
            expect_true(told["broken"] > 100, f"streams beyond its limit are reset: {told}")
            it.expect_end_state(name, connected=True)
        print(f"    {told['asked']} requests, {answered} answers; ten blocks to an op-node in {took:.1f} s", flush=True)


def lies(programs):
    """Blocks are missing, and nobody has them but peers that lie; then somebody comes who has. What liars send counts
    against them where op-node counts it, in a part of gossip's score: who does not gossip is not banned for it."""
    with contextlib.ExitStack() as stack:
        rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(Opwire(programs, rollup, folder))
        maker = stack.enter_context(Listener([programs.opwirenode, "--rollup-config", rollup, "--sequencer-key", KEY,
                                              "--static", ours.address]))
        op_node = stack.enter_context(Listener([programs.opnodepeer, "--rollup-config", rollup, "--signer", SIGNER,
                                                "--static", ours.address]))
        attacker = stack.enter_context(Attacker(programs, ours.address))
        wait_until(lambda: ours.call("opwire_status")["mesh"][TOPIC] == 2, "the mesh")
        time.sleep(1)
        sent = publish(maker, 3)
        for _ in range(8):
            maker.send(cmd="build", version=4, txs=4, tx_size=500)
        missing = {str(block["number"]): block["plain"] for block in maker.events("built", 8)}
        for form in LIARS:
            attacker.start("wire.serve", form, form=form, protocol=PAYLOADS, blocks=missing)
        forger, silent = (op_node.ask("lie", "lying", form=form, to=[ours.address])["id"]
                          for form in ("other_chain", "stall"))
        sent += publish(maker, 2)
        nothing = {"errorResponses": 0, "rejectedPayloads": 0}
        scores = lambda peer: ours.peer(peer)["scores"]["reqResp"] if ours.peer(peer) else nothing
        for form in LIARS:
            wait_until(lambda form=form: scores(attacker.id(form))["errorResponses"] > 0, f"an error of {form}", 20)
        op_node.event("lied", id=forger)
        op_node.event("lied", id=silent)
        expect(head(ours), 3, "head")

        attacker.start("wire.serve", "librarian", form="honest", protocol=PAYLOADS, blocks=missing)
        wait_until(lambda: head(ours) == sent[-1]["number"], "the newest block", 20)
        peers = {**{form: attacker.id(form) for form in LIARS}, "forger": forger, "silent": silent,
                 "librarian": attacker.id("librarian"), "op-node": op_node.id}
        counted = {name: (scores(peer)["errorResponses"] > 0, scores(peer)["rejectedPayloads"] > 0)
                   for name, peer in peers.items()}
        expect(counted, {**dict.fromkeys(LIARS, (True, False)), "forger": (False, True), "silent": (False, False),
                         "librarian": (False, False), "op-node": (False, False)}, "who has errors, and who forgeries")
        expect(ours.call("opwire_bans"), [], "bans")
        expect({op_node.event("accepted")["hash"] for _ in sent}, {block["hash"] for block in sent}, "blocks of gossip")
        _, peak = ours.memory()
        expect_true(peak <= 96, f"opwire's memory was {peak} MiB at its peak")


def head(ours):
    return ours.call("optimism_syncStatus")["unsafe_l2"]["number"]


def publish(maker, count):
    maker.send(cmd="publish", version=4, count=count, interval_ms=50, txs=4, tx_size=500)
    sent = maker.events("published", count)
    maker.event("publish_done")
    return sent
