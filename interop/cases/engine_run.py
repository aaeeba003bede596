"""The opwire program with op-geth behind it: a sequencer's op-geth builds blocks, one opwire publishes them, another
follows and has its own op-geth execute them, through a gap, the end of either (by signal and by kill -9), and a reorg."""

import contextlib
import json
import pathlib
import re
import signal
import subprocess
import tempfile

from cases.engine import Driver
from cases.opnode import KEY, SIGNER
from cases.program import Program, clean_environment
from harness import rpc
from harness.engine import running_engine
from harness.peer import Process, present
from harness.report import expect, expect_true, wait_until

CATCH_UP = 40  # seconds, for 30 blocks of one peer that serves 4 a second


def add(cases, programs):
    cases.add("engine run: 200 blocks through a gap, restarts and kills", lambda: follow(programs, "http", 1))
    cases.add("engine run: 50 blocks over WebSocket, the same", lambda: follow(programs, "ws", 4))


class Opwire(Program):
    """opwire run on loopback, with RPC."""

    def __init__(self, programs, rollup, folder, *flags):
        words = ["run", "--rollup.config", rollup, "--p2p.no-discovery", "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0,
                 "--p2p.unsafe.block.signer", SIGNER, "--p2p.gossip.timestamp.threshold", "1h", "--p2p.priv.path",
                 folder / "key", "--p2p.peerstore.path", "memory", "--rpc.port", 0, *flags]
        super().__init__([programs.opwire, *map(str, words)], env=clean_environment())
        self.rpc = self.logged(r"RPC listens .*at=(\S+)")

    def address(self):
        return self.logged(r"listening .*addresses=(\S+)")

    def ask(self, method, *params):
        return rpc.call(self.rpc, method, *params)

    def head(self):
        head = self.ask("optimism_syncStatus")["unsafe_l2"]
        return head["number"], head["hash"]

    def kill_now(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()


class Network:
    """Source, publisher and follower."""

    def __init__(self, programs, scheme, stack):
        self.programs, self.scheme = programs, scheme
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.source = stack.enter_context(Driver(programs, "isthmus"))
        self.rollup = self.folder / "rollup.json"
        self.rollup.write_text(self._rollup())
        (self.folder / "sequencer").mkdir()
        self.sequencer = stack.enter_context(Opwire(
            programs, self.rollup, self.folder / "sequencer", "--p2p.sequencer.key", KEY, "--experimental.sequencer-api",
            "--from-genesis", "--archive.path", "memory"))
        self.engine = stack.enter_context(running_engine(programs.opgeth, self.source.genesis_json()))
        (self.folder / "follower").mkdir()
        self.follower = None
        stack.callback(self._end)
        self.published = 0
        self.start()

    def _rollup(self):
        command = [present(self.programs.opwireengine), "rollup", *map(str, self.source.chain), "--genesis", self.source.genesis]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def start(self):
        self.follower = Opwire(self.programs, self.rollup, self.folder / "follower", "--l2", self.engine.url(self.scheme),
                               "--l2.jwt-secret", self.engine.jwt, "--p2p.static", self.sequencer.address(),
                               "--archive.path", self.folder / "follower" / "payloads.mdb")
        self.follower.logged("(static peer connected)")

    def stop(self):
        expect(self.follower.wait(), 0, "the follower's exit status")

    def _end(self):
        if self.follower is not None and self.follower.child.poll() is None:
            self.follower.kill()

    def replace(self, count):
        """Others take the place of the newest blocks, and one more."""
        self.source.peer.send(cmd="forget", count=count)
        self.source.peer.event("forgotten")
        self.published -= count
        self.publish(count + 1, txs=2)

    def publish(self, count, txs=3):
        self.source.peer.send(cmd="build", count=count, txs=txs, tx_size=200, whole=1)
        blocks = self.source.peer.events("built", count)
        self.source.peer.event("build_done")
        for block in blocks:
            self.sequencer.ask("opstack_publishBlockV1", json.loads(block["envelope"]))
        self.published += count
        self.last = (blocks[-1]["number"], blocks[-1]["hash"])

    def expect_followed(self, what):
        """Its head, and that of its op-geth, are the newest block."""
        expect(self.last[0], self.published, "blocks that were published")
        wait_until(lambda: self.follower.head() == self.last, f"the newest block, {what}", CATCH_UP)
        command = [self.programs.opwireengine, "drive", *self.source.chain, "--engine", self.engine.url(), "--jwt", self.engine.jwt]
        with Process(command) as eyes:
            eyes.event("ready")
            latest = eyes.ask("heads", "heads")["latest"]
        expect((latest["number"], latest["hash"]), self.last, f"op-geth's head, {what}")


def follow(programs, scheme, share):
    with contextlib.ExitStack() as stack:
        network = Network(programs, scheme, stack)
        some = lambda count: network.publish(count // share)
        some(40)
        network.expect_followed("from the beginning")

        network.stop()
        some(32)
        network.start()
        some(8)
        network.expect_followed("after opwire was stopped, and a gap")

        network.engine.stop()
        some(32)
        network.engine.start()
        some(8)
        network.expect_followed("after op-geth was stopped")

        network.follower.kill_now()
        some(32)
        network.start()
        some(8)
        network.expect_followed("after opwire was killed")

        network.engine.kill()
        some(32)
        network.engine.start()
        some(8)
        network.expect_followed("after op-geth was killed")
        said = network.follower.errors()
        expect(re.findall(r"WARN.*(?:block dropped|reorg).*", said), [], "blocks that were dropped")

        network.replace(3)
        network.expect_followed("of a branch that replaced the newest blocks")
        expect(len(re.findall(r"WARN.*reorg of the unsafe chain.*", network.follower.errors())), 1, "reorgs in the log")
        network.stop()
