"""op-conductor's own health check and its way to hand a node its newest block, against opwire run with an op-geth behind it."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import time

from cases.engine import Driver
from cases.engine_run import Opwire
from cases.opnode import KEY
from harness.engine import running_engine
from harness.peer import Listener, Process, present
from harness.report import expect, expect_true, wait_until

BLOCKS = 20
LONG, SHORT = 3600, 60  # seconds: the blocks are ten minutes old
HEALTHY, SICK = "", "sequencer is not healthy"


def add(cases, programs):
    cases.add("drop-in: op-conductor's health check, and a block that it posts", lambda: watch(programs))


class World:
    """A chain that one op-geth builds, opwire run with another one, and op-conductor that looks at both."""

    def __init__(self, programs, stack):
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.source = stack.enter_context(Driver(programs, "isthmus"))
        command = [present(programs.opwireengine), "rollup", *map(str, self.source.chain), "--genesis",
                   self.source.genesis]
        self.rollup = self.folder / "rollup.json"
        self.rollup.write_bytes(subprocess.run(command, check=True, capture_output=True, timeout=30).stdout)
        self.engine = stack.enter_context(running_engine(programs.opgeth, self.source.genesis_json()))
        self.peer = stack.enter_context(Listener(
            [programs.opnodepeer, "--rollup-config", self.rollup, "--sequencer-key", KEY, "--rpc"]))
        self.derive(self.genesis_ref())
        self.ours = stack.enter_context(Opwire(
            programs, self.rollup, self.folder, "--l2", self.engine.url(), "--l2.jwt-secret", self.engine.jwt,
            "--p2p.static", self.peer.address, "--l2.follow.source", self.peer.ready["rpc"], "--archive.path", "memory",
            "--rpc.enable-admin"))
        self.ours.logged("(static peer connected)")
        self.conductor = stack.enter_context(Process(
            [programs.opnodeclient, "ask", "--rpc", f"http://{self.ours.rpc}", "--engine", self.engine.url(),
             "--engine-secret", self.engine.jwt]))
        self.conductor.event("ready")

    def build(self, count):
        """Blocks as op-conductor's leader commits them, and nobody has gossiped them."""
        self.source.peer.send(cmd="build", count=count, txs=2, tx_size=100, whole=1)
        blocks = self.source.peer.events("built", count)
        self.source.peer.event("build_done")
        return blocks

    def genesis_ref(self):
        genesis = json.loads(self.rollup.read_text())["genesis"]
        return {**genesis["l2"], "parentHash": "0x" + "00" * 32, "timestamp": genesis["l2_time"],
                "l1origin": genesis["l1"], "sequenceNumber": 0}

    def derive(self, block):
        """The node that opwire follows says that the block is safe, as if it had read it from L1."""
        status = {"safe_l2": block, "local_safe_l2": block, "finalized_l2": self.genesis_ref()}
        self.peer.ask("sync_status", "told", status=status)

    def expect_health(self, *checks):
        """What op-conductor finds, by what it is told to look for: HEALTHY, or why not."""
        settings = [{"unsafe_interval": LONG, "min_peers": 1, **check} for check, *_ in checks]
        self.conductor.send(cmd="health", checks=settings)
        for _, wanted, what in checks:
            told = self.conductor.event("health", 70)
            expect((told["healthy"], told["why"]), (wanted == HEALTHY, wanted), what)

    def status(self):
        return self.call("optimism_syncStatus")["decoded"]

    def call(self, method, *params):
        self.conductor.send(cmd="call", method=method, params=params)
        return self.conductor.event("answer")

    def post(self, block):
        return self.call("admin_postUnsafePayload", json.loads(block["envelope"]))

    def is_at(self, block):
        """op-conductor finds the block in the engine, and the node says the same."""
        wanted = (block["number"], block["hash"])
        latest = self.conductor.ask("latest", "latest")
        head = self.status()["unsafe_l2"]
        return (latest["number"], latest["hash"]) == wanted == (head["number"], head["hash"])


def watch(programs):
    with contextlib.ExitStack() as stack:
        world = World(programs, stack)
        for block in world.build(BLOCKS):
            expect(world.post(block).get("error"), None, f"block {block['number']}")
        wait_until(lambda: world.is_at(block), f"block {BLOCKS}")
        world.expect_health(({}, HEALTHY, "a node with a recent head and a peer"),
                            ({"min_peers": 2}, SICK, "one peer too few"),
                            ({"unsafe_interval": SHORT}, SICK, "an unsafe head that stands still"),
                            ({"safe_interval": SHORT}, SICK, "a safe head that stands still"))
        head = world.status()["unsafe_l2"]
        world.derive(head)
        wait_until(lambda: world.status()["safe_l2"] == head, "the safe head of the node that it follows")
        age = int(time.time()) - head["timestamp"]
        world.expect_health(*(({which: age + more}, wanted, f"{which} of a head's age and {more} s")
                              for which in ("unsafe_interval", "safe_interval")
                              for more, wanted in ((-5, SICK), (30, HEALTHY))))
        take_over(world)
        expect(world.ours.wait(), 0, "the exit status of opwire")
        world.expect_health(({}, "cannot connect to sequencer rpc endpoints", "a node that is gone"))
        expect_true("connection refused" in world.call("optimism_syncStatus")["error"], "a node that is gone answers")


def take_over(world):
    """What op-conductor does when it becomes the leader and the node is one block behind what the leaders agreed on."""
    newest, = world.build(1)
    latest = world.conductor.ask("latest", "latest")
    expect(newest["number"] - latest["number"], 1, "blocks that the node is behind")
    expect(world.call("admin_conductorEnabled")["decoded"], False, "conductorEnabled")
    expect(world.post(newest).get("error"), None, "the newest block")
    wait_until(lambda: world.is_at(newest), "the newest block as head")
    wrong = "0x" + "77" * 32
    refused = world.post({"envelope": newest["envelope"].replace(newest["hash"], wrong)})["error"]
    expect(refused.split(",")[0], f"payload has bad block hash: {wrong}", "a block of another hash")
    expect(world.call("admin_startSequencer", newest["hash"])["error"], "sequencer is not enabled", "startSequencer")
    expect_true(world.is_at(newest), "the head after that")
