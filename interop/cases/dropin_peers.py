"""What op-nodes think of opwire run among them, and how an op-node with the settings of its command line meets it."""

import contextlib
import json
import pathlib
import time

from cases.engine_run import Opwire
from cases.opnode import KEY, SIGNER, rollup_file
from cases.program import succeed, wait_for_graft
from harness.engine import free_port
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

BLOCKS = 1000
INTERVAL_MS = 20
LOOK_EVERY = 15  # seconds, op-node at its peers' scores


def add(cases, programs):
    cases.add(f"drop-in: op-nodes score opwire run well, {BLOCKS} blocks", lambda: score(programs))
    for way in ("opwire dials", "op-node dials", "both dial"):
        cases.add(f"drop-in: op-node on its default flags as static peer, {way}", lambda w=way: static(programs, w))


def score(programs):
    """A ring of four op-nodes with opwire in its middle, connected to each."""
    with contextlib.ExitStack() as stack:
        rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        command = [programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY]
        ring = [stack.enter_context(Listener(command))]
        for _ in range(3):
            ring.append(stack.enter_context(Listener([*command, "--static", ring[-1].address])))
        ring[0].ask("connect", "connected", addr=ring[-1].address)
        ours = stack.enter_context(Opwire(programs, rollup, pathlib.Path(rollup).parent, "--archive.path", "memory",
                                          "--p2p.static", ",".join(node.address for node in ring)))
        wait_until(lambda: all(len(node.ask("mesh", "mesh")["topics"]["4"]["mesh"]) == 3 for node in ring), "a full mesh")
        time.sleep(1)  # and opwire's own: two heartbeats
        me = ours.ask("opp2p_self")["peerID"]
        ring[0].send(cmd="publish", version=4, count=BLOCKS, interval_ms=INTERVAL_MS, txs=1, tx_size=100)
        worst = watch_scores(ring, me, BLOCKS * INTERVAL_MS / 1000)
        sent = {block["hash"] for block in ring[0].events("published", BLOCKS)}
        ring[0].event("publish_done")
        for node in ring[1:]:
            expect({block["hash"] for block in node.events("accepted", BLOCKS)} == sent, True, "the blocks, each once")
        wait_until(lambda: ours.ask("opwire_status")["blocks"]["accepted"] == BLOCKS, "the blocks at opwire")
        worst = min(worst, watch_scores(ring, me, LOOK_EVERY + 2))  # what op-node tells is what it saw at its last look
        expect_true(worst >= 0, f"an op-node's score of opwire was {worst}")
        for node in ring:
            told = node.ask("mesh", "mesh")
            expect_true(me in told["topics"]["4"]["mesh"], f"opwire is in no mesh of V4: {told['topics']['4']}")
        blocks = ours.ask("opwire_status")["blocks"]
        expect((blocks["rejected"], blocks["throttled"]), (0, 0), "blocks that opwire refused")
        for peer in ours.ask("opp2p_peers", True)["peers"].values():
            expect_true(peer["scores"]["gossip"]["total"] >= 0, f"opwire's score of an op-node: {peer['scores']}")


def watch_scores(ring, me, seconds):
    """The lowest that any of them tells in that time."""
    worst, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for node in ring[1:]:
            scores = node.ask("mesh", "mesh")["peers"]["peers"][me]["scores"]
            worst = min(worst, scores["gossip"]["total"])
            expect(scores["gossip"]["behavioralPenalty"], 0, "op-node's penalty for opwire's behaviour")
        time.sleep(0.5)
    return worst


def static(programs, way):
    """Either side has the other's address, or both have, and blocks go both ways."""
    with contextlib.ExitStack() as stack:
        rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        folder = pathlib.Path(rollup).parent
        port, ours, address = free_port(), None, None
        if way == "op-node dials":
            ours = stack.enter_context(start_ours(programs, rollup, port))
            address = ours.address()
        elif way == "both dial":
            address = make_address(programs, folder, port)
        theirs = stack.enter_context(start_theirs(programs, rollup, address))
        if ours is None:
            ours = stack.enter_context(start_ours(programs, rollup, port, "--p2p.static", theirs.address))
        wait_for_graft(theirs)
        theirs.send(cmd="publish", version=4, count=10, interval_ms=20, txs=2, tx_size=100)
        sent = theirs.events("published", 10)
        wait_until(lambda: ours.ask("opwire_status")["blocks"]["accepted"] == 10, "op-node's blocks at opwire")
        got = [block["hash"] for block in ours.ask("opwire_lastBlocks")]
        expect(sorted(got), sorted(block["hash"] for block in sent), "op-node's blocks")
        serve(theirs, ours.ask("opp2p_self")["peerID"], sent[-1])
        built = theirs.ask("build", "built", version=4, txs=2, tx_size=100)
        block = json.loads(succeed(programs, "payload", "show", "--json", "-", text=built["hex"]))
        ours.ask("opstack_publishBlockV1", block)
        expect(theirs.event("accepted")["hash"], built["hash"], "our block at op-node")
        peer, = ours.ask("opp2p_peers", True)["peers"].values()
        expect(peer["peerID"], theirs.id, "our peer")
        if way != "both dial":
            expect(peer["direction"], 2 if way == "opwire dials" else 1, "who dialled, as opwire tells it")
        told = theirs.ask("mesh", "mesh")["peers"]
        expect((told["totalConnected"], len(told["peers"])), (1, 1), "op-node's peers")


def serve(theirs, me, newest):
    """op-node has missed blocks, and thinks well of who served them."""
    number = newest["number"]
    theirs.ask("request_range", "requested", after=number - 6, before=number, hash=newest["hash"], top=newest["parent_hash"])
    served = theirs.events("accepted", 5)
    expect(sorted(block["number"] for block in served), list(range(number - 5, number)), "blocks that opwire served")
    scores = theirs.ask("mesh", "mesh")["peers"]["peers"][me]["scores"]["reqResp"]
    expect_true(scores["validResponses"] > 0, f"op-node's score of what opwire served: {scores}")
    expect((scores["errorResponses"], scores["rejectedPayloads"]), (0, 0), "op-node's score of what opwire served")


def start_ours(programs, rollup, port, *flags):
    return Opwire(programs, rollup, pathlib.Path(rollup).parent, "--archive.path", "memory", "--p2p.listen.tcp", port,
                  "--p2p.sequencer.key", KEY, "--experimental.sequencer-api", *flags)


def make_address(programs, folder, port):
    """The address that opwire will have, before it runs."""
    made = json.loads(succeed(programs, "key", "new", "--json", folder / "key"))
    return f"/ip4/127.0.0.1/tcp/{port}/p2p/{made['peer_id']}"


def start_theirs(programs, rollup, static):
    """op-node's own command line. Only what keeps it on loopback and its files out of the way is not its default: even
    without discovery it would open the database of nodes, and ask DNS for the built-in bootnodes."""
    words = ["--p2p.no-discovery", "--p2p.listen.ip=127.0.0.1", "--p2p.listen.tcp=0", "--p2p.peerstore.path=memory",
             "--p2p.discovery.path=memory", "--p2p.bootnodes=,",
             f"--p2p.priv.path={pathlib.Path(rollup).parent / 'theirs.key'}"]
    words += [f"--p2p.static={static}"] if static else []
    return Listener([programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY, "--", *words])
