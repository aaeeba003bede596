"""op-node's own P2P package against opwire's whole node: blocks of every version both ways, and bad ones."""

import contextlib
import pathlib
import subprocess
import tempfile

from harness.peer import Listener, present
from harness.report import expect, expect_true, wait_until

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # a well-known test key
SIGNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"  # its address
BLOCKS = 100
VERSIONS = (1, 2, 3, 4)
WINDOW = 2400  # seconds: the rollup config gives each version ten minutes of the past


def add(cases, programs):
    net = Network(programs)
    for op_node_dials in (False, True):
        way = "op-node dials" if op_node_dials else "opwire dials"
        cases.add(f"op-node: {BLOCKS} blocks of V1 to V4 from opwire, {way}", lambda d=op_node_dials: net.from_ours(d))
        cases.add(f"op-node: {BLOCKS} blocks of V1 to V4 from op-node, {way}", lambda d=op_node_dials: net.from_op_node(d))
    cases.add("op-node: tampered blocks from op-node's side are refused by opwire", net.refused_by_ours)
    cases.add("op-node: tampered blocks from opwire's side are refused by op-node", net.refused_by_op_node)
    cases.add("op-node: its RPC names opwire as peer and mesh member", net.mesh)


@contextlib.contextmanager
def rollup_file(programs, *flags):
    """A file with a config as opnodepeer makes it with these flags."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rollup.json"
        made = subprocess.run([present(programs.opnodepeer), "rollup-config", *flags], check=True,
                              capture_output=True, timeout=30)
        path.write_bytes(made.stdout)
        yield path


class Network:
    def __init__(self, programs):
        self.programs = programs

    def rollup(self):
        """A file with a config in which all four versions have their time."""
        return rollup_file(self.programs, "--spread", "10m")

    def op_node(self, rollup, *flags):
        return Listener([self.programs.opnodepeer, "--rollup-config", rollup, "--timestamp-threshold", f"{WINDOW}s",
                         "--sequencer-key", KEY, *flags])

    def ours(self, rollup, *flags):
        return Listener([self.programs.opwirenode, "--rollup-config", rollup, "--timestamp-threshold", WINDOW,
                         "--sequencer-key", KEY, *flags])

    @contextlib.contextmanager
    def pair(self, op_node_dials=False):
        """Both, each in the other's mesh of every topic."""
        with self.rollup() as rollup:
            if op_node_dials:
                with self.ours(rollup) as ours, self.op_node(rollup, "--static", ours.address) as theirs:
                    wait_for_mesh(theirs, ours)
                    yield theirs, ours
            else:
                with self.op_node(rollup) as theirs, self.ours(rollup, "--static", theirs.address) as ours:
                    wait_for_mesh(theirs, ours)
                    yield theirs, ours

    def from_ours(self, op_node_dials):
        with self.pair(op_node_dials) as (theirs, ours):
            publish_all(ours, theirs)

    def from_op_node(self, op_node_dials):
        with self.pair(op_node_dials) as (theirs, ours):
            publish_all(theirs, ours)
            expect(ours.ask("status", "status")["rejected"], 0, "blocks that opwire rejected")

    def refused_by_ours(self):
        with self.pair() as (theirs, ours):
            before = ours.ask("status", "status")["rejected"]
            bad = tampered(theirs)
            for number, (version, plain) in enumerate(bad.values(), 1):
                theirs.ask("publish_raw", "published_raw", topic_version=version, plain=plain, to=[ours.address])
                wait_until(lambda wanted=before + number: ours.ask("status", "status")["rejected"] >= wanted,
                           f"rejection {number} of {list(bad)}")
            status = ours.ask("status", "status")
            expect((status["rejected"], status["accepted"]), (before + len(bad), 0), "rejected and accepted")
            publish_all(theirs, ours, versions=(4,), count=3)  # and the network goes on

    def refused_by_op_node(self):
        """Our node publishes nothing that its own checks refuse, so a bare gossipsub peer sends the bytes."""
        with self.pair() as (theirs, ours):
            bad = tampered(ours)
            topics = [f"/optimism/901/{version - 1}/blocks" for version in VERSIONS]
            with Listener([self.programs.opwirepeer, "listen", "--gossip", ",".join(topics), "--op-ids", "--connect",
                           theirs.address]) as raw:
                for topic in topics:
                    raw.event("mesh", topic=topic, peer=theirs.id, change="graft")
                for version, plain in bad.values():
                    raw.ask("publish", "published", topic=f"/optimism/901/{version - 1}/blocks", plain=plain)
                    verdict = theirs.event("verdict", **{"from": raw.id})
                    expect((verdict["verdict"], verdict["topic_version"]), ("REJECT", version), "verdict")
            expect(ours.ask("status", "status")["rejected"], 0, "messages that reached opwire all the same")
            publish_all(ours, theirs, versions=(4,), count=3)

    def mesh(self):
        with self.pair() as (theirs, ours):
            told = theirs.ask("mesh", "mesh")
            expect(told["stats"]["connected"], 1, "connected peers")
            peer = told["peers"]["peers"][ours.id]
            expect(peer["userAgent"], "optimism", "user agent")
            expect_true("/meshsub/1.2.0" in peer["protocols"], f"protocols: {peer['protocols']}")
            for version, topic in told["topics"].items():
                expect((topic["subscribed"], topic["mesh"]), ([ours.id], [ours.id]), f"topic of V{version}")
            status = ours.ask("status", "status")
            expect(sorted(status["mesh"].values()), [1, 1, 1, 1], "opwire's own meshes")


def wait_for_mesh(theirs, ours):
    def complete():
        topics = theirs.ask("mesh", "mesh")["topics"].values()
        return (all(ours.id in topic["mesh"] for topic in topics)
                and all(count == 1 for count in ours.ask("status", "status")["mesh"].values()))

    wait_until(complete, "a full mesh")


def publish_all(sender, receiver, versions=VERSIONS, count=BLOCKS):
    for version in versions:
        sender.send(cmd="publish", version=version, count=count, interval_ms=5, txs=4, tx_size=500)
        sent = sender.events("published", count)
        sender.event("publish_done")
        got = receiver.events("accepted", count)
        for line in got:
            expect((line["version"], line["from"]), (version, sender.id), "version and sender")
        expect(sorted(line["hash"] for line in got), sorted(line["hash"] for line in sent), f"blocks of V{version}")


SIGNATURE = 65


def tampered(builder):
    """Messages that are each wrong in one way: version, and what the snappy block holds."""
    def block(version):
        return bytes.fromhex(builder.ask("build", "built", version=version, txs=4, tx_size=500)["plain"])

    def flipped(plain, position):
        return plain[:position] + bytes([plain[position] ^ 1]) + plain[position + 1:]

    bad = {
        "a changed transaction": (4, flipped(block(4), -1)),
        "a changed state root": (3, flipped(block(3), SIGNATURE + 32 + 60)),
        "a changed signature": (2, flipped(block(2), 10)),
        "a byte after the payload": (1, block(1) + b"\0"),
        "a V4 body on the V3 topic": (3, block(4)),
        "nothing but a signature": (4, block(4)[:SIGNATURE]),
    }
    return {what: (version, plain.hex()) for what, (version, plain) in bad.items()}
