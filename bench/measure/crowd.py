"""A node in a crowd of 300 peers that subscribe to the chain's blocks, with one 128 KiB block a second through it: CPU
time a block, memory a peer, and how much later than itself the node's follower has the block.

op-node publishes to the node, another op-node follows it, and opwirepeer is the crowd, whose peers know nobody but the
node. So they cannot have a block from elsewhere, as peers of a real network nearly always do when they are told of it:
a crowd that asks for nothing costs a little less than a real one, and one that asks for all that it is told of much
more. Both are measured. The peers that dial would fill the mesh up to its high water; with that at 8 it stays at 8."""

import contextlib
import statistics
import time
from dataclasses import dataclass

from cases.opnode import KEY, SIGNER, rollup_file
from harness.peer import Listener, Process
from harness.report import wait_until
from measure.hop import BLOCK
from measure.part import DIALLER_CPU, GO, LISTENER_CPU
from measure.samples import alternate
from measure.table import table

TITLE = "A crowd"
TOPIC = "/optimism/901/3/blocks"  # of BLOCK's version
MESH = 8


@dataclass
class Scale:
    peers: int
    warm_up: int
    blocks: int
    seconds: float  # from one block to the next


def measure(context):
    scale = Scale(20, 2, 3, 0.2) if context.quick else Scale(300, 10, 30, 1)
    programs = context.programs
    jobs = {}
    for asks in (False, True):
        for name, program in {"opwire": programs.opwirenode, "op-node": programs.opnodepeer}.items():
            label = f"{name}, all ask" if asks else name
            jobs[label] = lambda p=program, a=asks: _in_a_crowd(programs, p, scale, a)
    return alternate(1 if context.quick else min(3, context.rounds), 0, jobs)


def _in_a_crowd(programs, program, scale, asks):
    with contextlib.ExitStack() as held:
        publisher, node, follower = _chain(held, programs, program, scale)
        empty = _resident(node)
        crowd = _gather(held, programs, node, scale, asks)
        wait_until(lambda: 6 <= _mesh(node) <= 12, "a mesh of 6 to 12")
        joined = _resident(node)
        _blocks(publisher, node, follower, scale.warm_up, scale.seconds)
        cpu = _cpu(node)
        delays = sorted(_blocks(publisher, node, follower, scale.blocks, scale.seconds))
        measured = {"cpu_ms_per_block": (_cpu(node) - cpu) / scale.blocks * 1000, "mesh": _mesh(node)}
        used = node.ask("stats", "stats")["rss_bytes"]
        after = _resident(node)
        crowd.wait(60)
        received = crowd.event("result")["messages"]
    return measured | {
        "kib_per_peer": (joined - empty) / scale.peers / 1024,
        "kib_per_peer_after": (after - empty) / scale.peers / 1024,
        "mib_after": used / 2**20,
        "p50_us": statistics.median(delays),
        "p99_us": delays[len(delays) * 99 // 100],
        "received_per_block": received / (scale.warm_up + scale.blocks)}


def _chain(held, programs, program, scale):
    """op-node that publishes, the node, and op-node that follows it, each in the next one's mesh."""
    rollup = held.enter_context(rollup_file(programs, "--fork", "isthmus"))

    def start(peer, *flags, cpu=DIALLER_CPU):
        return held.enter_context(Listener([peer, "--rollup-config", rollup, *flags], env=GO, cpu=cpu))

    room = ["--peers-lo", scale.peers + 50, "--peers-hi", scale.peers + 100, "--mesh-hi", MESH]
    publisher = start(programs.opnodepeer, "--sequencer-key", KEY)
    node = start(program, "--signer", SIGNER, "--static", publisher.address, *room, cpu=LISTENER_CPU)
    follower = start(programs.opnodepeer, "--signer", SIGNER, "--static", node.address)
    for peer, neighbours in ((publisher, 1), (node, 2), (follower, 1)):
        wait_until(lambda p=peer, n=neighbours: _mesh(p) >= n, "a full mesh")
    return publisher, node, follower


def _gather(held, programs, node, scale, asks):
    words = ["dial", node.address, "idle", scale.peers, "--gossip", TOPIC, "--op-ids"]
    if not asks:
        words.append("--no-iwant")
    crowd = held.enter_context(Process([programs.opwirepeer, *words], cpu=DIALLER_CPU))
    crowd.event("idle", timeout=240)
    for _ in range(scale.peers):
        crowd.event("mesh", 60, topic=TOPIC, change="join")
    return crowd


def _blocks(publisher, node, follower, count, seconds):
    """The follower's acceptance after the node's, in us. Ends when the last block has had its time too."""
    publisher.send(cmd="publish", count=count, interval_ms=round(seconds * 1000), **BLOCK)
    publisher.event("publish_done", timeout=count * seconds + 60)
    first, second = ({e["hash"]: e["at_us"] for e in peer.events("accepted", count)} for peer in (node, follower))
    time.sleep(seconds)
    return [second[block] - at for block, at in first.items()]


def _mesh(peer):
    if peer.name == "opnodepeer":
        return len(peer.ask("mesh", "mesh")["topics"]["4"]["mesh"])
    return peer.ask("status", "status")["mesh"].get(TOPIC, 0)


def _cpu(peer):
    return peer.ask("stats", "stats")["cpu_seconds"]


def _resident(peer):
    peer.ask("stats", "stats", collect=True)
    return peer.ask("stats", "stats", collect=True)["rss_bytes"]


def show(series):
    columns = {"cpu_ms_per_block": "CPU ms a block", "kib_per_peer": "KiB a peer",
               "kib_per_peer_after": "after the blocks", "mib_after": "MiB then", "p50_us": "later by, p50 us",
               "p99_us": "p99 us", "mesh": "mesh", "received_per_block": "peers that got a block"}
    return table(["", *columns.values()], [[one.name, *map(one.median, columns)] for one in series])
