"""The stage of the attacks: `opwire run` between op-nodes, of which one is the sequencer, and an attacker beside them.

    with stage(programs) as it:
        it.attacker.ask("dial", "dialled", **{"as": "eve", "to": it.address})
        …
        it.expect_end_state("eve", banned="invalid blocks: payload.block_hash")

When the stage is left, every op-node must have had every block within DELAY, none may have refused a message that
opwire passed on, and opwire's memory must have stayed below the ceiling at all times."""

import contextlib
import json
import os
import pathlib
import re
import tempfile
import threading
import time
import urllib.request

from cases.opnode import KEY, SIGNER, rollup_file
from cases.program import Program, clean_environment
from harness import rpc
from harness.peer import Listener, PeerFailed, Process
from harness.report import expect, expect_true, wait_until

INTERVAL = 0.15  # seconds between two blocks
DELAY = 2.0  # seconds from before a block is signed until an op-node on the far side of opwire has accepted it
TOPIC = "/optimism/901/3/blocks"  # of V4
CEILING = 160  # MiB, opwire's resident memory at its peak


def add(cases, programs):
    cases.add("siege: the stage, and nobody attacks", lambda: peace(programs))


def peace(programs):
    with stage(programs) as it:
        it.await_blocks(20)
        expect(it.ours.call("opwire_bans"), [], "bans")


class Attacker(Process):
    """interop/attacker: many identities in one process."""

    def __init__(self, programs, target):
        super().__init__([programs.attacker])
        self.target = target
        self.event("ready")
        self._ids = {}

    def id(self, name):
        if name not in self._ids:
            self._ids[name] = self.ask("identity", "identity", **{"as": name})["id"]
        return self._ids[name]

    def dial(self, name, **fields):
        """Whether the handshake went through. Who is turned away is often told so after it."""
        return self.ask("dial", "dialled", **{"as": name, "to": self.target, **fields})["ok"]

    def hang_up(self, name):
        self.ask("hang_up", "hung_up", **{"as": name})

    def start(self, attack, name, **fields):
        """Runs beside others until finished(): name is the identity, and the tag too."""
        self.send(cmd="attack", name=attack, **{"as": name, "tag": name, "to": self.target, **fields})

    def stop(self, name):
        """The attack that was started with it."""
        self.send(cmd="stop", tag=name)
        self.finished(name)

    def finished(self, name, timeout=30):
        return self.event("attacked", timeout, tag=name)

    def attack(self, attack, name, timeout=30, must=True, **fields):
        """From beginning to end; must: it has to be carried out."""
        self.start(attack, name, **fields)
        told = self.finished(name, timeout)
        expect_true(told["ok"] or not must, f"attack {attack}: {told}")
        return told

    def await_lost(self, name, timeout=10):
        """Until it is disconnected."""
        return self.event("lost", timeout, **{"as": name})


class Opwire(Program):
    """opwire run on loopback with RPC and metrics."""

    def __init__(self, programs, rollup, folder, *flags):
        words = ["run", "--rollup.config", rollup, "--p2p.no-discovery", "--p2p.listen.ip", "127.0.0.1",
                 "--p2p.listen.tcp", 0, "--p2p.unsafe.block.signer", SIGNER, "--p2p.priv.path", folder / "key", "--rpc.port", 0,
                 "--rpc.enable-admin", "--metrics.enabled", "--metrics.addr", "127.0.0.1", "--metrics.port", 0]
        if "--p2p.peerstore.path" not in flags:
            words += ["--p2p.peerstore.path", "memory"]
        super().__init__([programs.opwire, *map(str, words), *map(str, flags)], env=clean_environment())
        self.rpc = self.logged(r"RPC listens .*at=(\S+)")
        self.metrics_at = self.logged(r"metrics listen .*at=(\S+)")
        self.address = self.logged(r"listening .*addresses=(\S+)")
        self.id = self.address.split("/p2p/")[1]

    def call(self, method, *params):
        return rpc.call(self.rpc, method, *params)

    def metrics(self):
        """Of each series, with its labels as they are written, the value."""
        with urllib.request.urlopen(f"http://{self.metrics_at}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and line[0] != "#")
        return {name: float(value) for name, value in pairs}

    def metric(self, name, **labels):
        """The sum over all series of the name that have these labels."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(value for series, value in self.metrics().items()
                   if series.split("{")[0] == name and all(label in series for label in wanted))

    def memory(self):
        """Resident now, and at the peak, in MiB."""
        said = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return tuple(int(re.search(rf"{name}:\s+(\d+) kB", said)[1]) >> 10 for name in ("VmRSS", "VmHWM"))

    def cpu_seconds(self):
        """Of all its threads, since it began."""
        said = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, said[11:13])) / os.sysconf("SC_CLK_TCK")

    def ban_of(self, peer):
        """Its entry in opwire_bans, or None."""
        return next((ban for ban in self.call("opwire_bans") if ban.get("peer") == peer), None)

    def peer(self, peer):
        """As opp2p_peers tells of it, connected or not; None where it is not known."""
        return self.call("opp2p_peers", False)["peers"].get(peer)

    def connected(self, peer):
        return peer in self.call("opp2p_peers", True)["peers"]

    def score(self, peer):
        """gossipsub's own score of it now, with its parts; zeros where gossipsub does not know it."""
        found = self.peer(peer)
        return found["scores"]["gossip"] if found else None


class Sequencer:
    """Has an op-node publish a block now and then, for as long as the attack takes."""

    def __init__(self, op_node, interval):
        self.op_node, self.interval = op_node, interval
        self._lock = threading.Lock()
        self._done = threading.Event()
        self.silent = False
        self._thread = None
        self.asked = 0
        self.block = {"txs": 4, "tx_size": 500}

    def start(self):
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        with contextlib.suppress(PeerFailed):
            while not self._done.wait(self.interval):
                if not self.silent:
                    self.send(cmd="publish", version=4, count=1, **self.block)
                    self.asked += 1

    def send(self, **command):
        with self._lock:
            self.op_node.send(**command)

    def stop(self):
        """All that was published."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        return self.op_node.events("published", self.asked)


class Stage:
    def __init__(self, ours, op_nodes, attacker, interval):
        self.ours, self.op_nodes, self.attacker = ours, op_nodes, attacker
        self.address = ours.address
        self.sequencer = Sequencer(op_nodes[0], interval)
        self.followers = op_nodes[1:]

    def wait_for_mesh(self):
        """Until opwire is in each op-node's mesh of the newest topic, and all of them in opwire's."""
        def complete():
            told = [op_node.ask("mesh", "mesh")["topics"] for op_node in self.op_nodes]
            mesh = self.ours.call("opwire_status")["mesh"][TOPIC]
            return all(self.ours.id in topics["4"]["mesh"] for topics in told) and mesh >= len(self.op_nodes)

        wait_until(complete, "the mesh", 20)

    def await_blocks(self, count=3):
        """Until so many more are published: strikes for the signer count after one was accepted."""
        wanted = self.sequencer.asked + count
        wait_until(lambda: self.sequencer.asked >= wanted, "more blocks", 30)
        time.sleep(self.sequencer.interval)

    def expect_end_state(self, name, *, banned=None, connected=None, hours=1, within=10):
        """Of one of the attacker's identities. banned: None, or a pattern of the whole reason, and then it is
        disconnected, and banned for an hour; connected: as it should be when it is not banned."""
        peer = self.attacker.id(name)
        if banned is not None:
            wait_until(lambda: self.ours.ban_of(peer), f"the ban of {name}", within)
        found = self.ours.ban_of(peer)
        if banned is None:
            expect(found, None, f"the ban of {name}")
            if connected is not None:
                expect(self.ours.connected(peer), connected, f"{name} is connected")
            return
        expect_true(re.fullmatch(banned, found["reason"]), f"{name} is banned: {found['reason']!r}, expected {banned}")
        left = found["until"] - time.time()
        expect_true(hours * 3600 - 300 < left <= hours * 3600 + 1, f"the ban of {name} lasts {left} s")
        wait_until(lambda: not self.ours.connected(peer), f"{name} is disconnected")

    def expect_honest(self, ceiling, delay):
        """What is printed of a case that goes well is the worst delay, and opwire's peak."""
        sent = {line["hash"]: line for line in self.sequencer.stop()}
        expect_true(sent, "no block was published")
        worst = max(self._worst_delay(op_node, sent) for op_node in self.followers)
        for op_node in self.op_nodes:
            refused = [v for v in op_node.taken("verdict") if v["from"] == self.ours.id and v["verdict"] == "REJECT"]
            expect(refused, [], "messages that opwire passed on and op-node refused")
            expect(self.ours.ban_of(op_node.id), None, "the ban of an op-node")
            seen = op_node.ask("mesh", "mesh")["peers"]["peers"][self.ours.id]["scores"]["gossip"]["total"]
            expect_true(seen >= 0, f"an op-node gives opwire a score of {seen}")
        _, peak = self.ours.memory()
        expect_true(worst <= delay, f"the slowest of {len(sent)} blocks took {worst:.2f} s, more than {delay} s")
        expect_true(peak <= ceiling, f"opwire's memory was {peak} MiB at its peak, more than {ceiling} MiB")
        print(f"    {len(sent)} blocks, the slowest in {worst * 1000:.0f} ms; opwire's peak {peak} MiB", flush=True)

    def losses(self):
        """Where blocks may have gone, for people."""
        names = ("opwire_gossip_left_undone_total", "opwire_blocks_total")
        return {series: value for series, value in self.ours.metrics().items() if series.split("{")[0] in names and value}

    def _worst_delay(self, op_node, sent):
        missing, worst = dict(sent), 0
        deadline = time.monotonic() + 10
        while missing:
            try:
                got = op_node.event("accepted", max(0.001, deadline - time.monotonic()))
            except PeerFailed as problem:
                numbers = [line["number"] for line in missing.values()]
                raise PeerFailed(f"an op-node has not had {numbers} of {len(sent)} blocks: {problem}\n"
                                 f"opwire: {self.losses()}") from None
            if (line := missing.pop(got["hash"], None)) is not None:
                worst = max(worst, (got["at_us"] - line["at_us"]) / 1e6)
        return worst


@contextlib.contextmanager
def stage(programs, *flags, followers=2, interval=INTERVAL, delay=DELAY, ceiling=CEILING, block_time=2):
    """flags: further ones of opwire run. block_time, in seconds, is what the chain says; scores decay by it. The folder
    of its files is gone afterwards."""
    with contextlib.ExitStack() as stack:
        rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        rollup.write_text(json.dumps({**json.loads(rollup.read_text()), "block_time": block_time}))
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(Opwire(programs, rollup, folder, *flags))
        command = [programs.opnodepeer, "--rollup-config", rollup, "--static", ours.address]
        op_nodes = [stack.enter_context(Listener([*command, "--sequencer-key", KEY]))]
        op_nodes += [stack.enter_context(Listener([*command, "--signer", SIGNER])) for _ in range(followers)]
        it = Stage(ours, op_nodes, stack.enter_context(Attacker(programs, ours.address)), interval)
        it.rollup, it.folder = rollup, folder
        it.wait_for_mesh()
        it.sequencer.start()
        try:
            it.await_blocks(3)
            yield it
        except BaseException:
            it.sequencer.stop()
            raise
        it.expect_honest(ceiling, delay)
