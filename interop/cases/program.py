"""The opwire program as an operator runs it: recorded blocks, following op-node, and a devnet that op-node follows."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from cases.opnode import BLOCKS, KEY, SIGNER, VERSIONS, WINDOW, Network
from harness.peer import ROOT, Listener, Process, present, run_dial
from harness.report import expect, expect_true, wait_until

DATA = ROOT / "testdata" / "opstack"
DEVNET_FORKS = ("regolith", "canyon", "ecotone", "isthmus", "jovian")


def add(cases, programs):
    cases.add("program: op-node's recorded frames, payload verify --at", lambda: recorded(programs))
    cases.add("program: the real op-sepolia block, payload verify --at", lambda: real_block(programs))
    cases.add("program: payload publish and payload sign, to op-node", lambda: publish(programs))
    cases.add("program: ping, identify and perf dial, to go and op-node", lambda: ask_peers(programs))
    cases.add(f"program: opwire run follows op-node, {BLOCKS} blocks of V1 to V4", lambda: follow(programs))
    cases.add("program: an op-node follows another through opwire run", lambda: between(programs))
    cases.add("program: opwire devnet with op-geth behind each node", lambda: devnet_engines(programs))
    for fork in DEVNET_FORKS:
        cases.add(f"program: op-node follows opwire devnet, {fork}", lambda f=fork: devnet(programs, f))


class Program(Process):
    """opwire run or devnet: it ends on SIGTERM, with 0."""

    def wait(self, timeout=20):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        return super().wait(timeout)

    def logged(self, pattern, timeout=10):
        """The first group of the first match in what it has logged."""
        wait_until(lambda: re.search(pattern, self.errors()), f"opwire's log line {pattern}", timeout)
        return re.search(pattern, self.errors())[1]


def opwire(programs, *words, text=""):
    """Exit status and what it prints."""
    done = subprocess.run([programs.opwire, *map(str, words)], input=text, text=True, capture_output=True, timeout=60,
                          env=clean_environment())
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def succeed(programs, *words, text=""):
    status, said = opwire(programs, *words, text=text)
    expect_true(status == 0, f"opwire {' '.join(map(str, words))}: {status} {said}")
    return said


def devnet_engines(programs):
    said = succeed(programs, "devnet", "--engine", present(programs.opgeth), "--blocks", 8, "--block-time", "1s",
                   "--followers", 2, "--late", 2, "--cut-off", 0)
    expect_true("all 3 followers have all 8 blocks" in said, said)


def verify(programs, text, *flags):
    return opwire(programs, "payload", "verify", "-", *flags, text=text)


def clean_environment():
    """Nothing but what the command line says, no file where we stand, and any free port for RPC."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OP_NODE_", "OPWIRE_"))}
    return {**kept, "OPWIRE_ARCHIVE_PATH": "memory", "OPWIRE_P2P_PEERSTORE_PATH": "memory", "OPWIRE_RPC_PORT": "0"}


def recorded(programs):
    frames = json.loads((DATA / "opnode_accepted_frames.json").read_text())["frames"]
    with tempfile.TemporaryDirectory() as folder:
        for frame in frames:
            rollup = pathlib.Path(folder) / f"{frame['fork']}.json"
            if not rollup.exists():
                made = [programs.opnodepeer, "rollup-config", "--fork", frame["fork"]]
                rollup.write_bytes(subprocess.run(made, check=True, capture_output=True, timeout=30).stdout)
            flags = ["--rollup.config", rollup, "--p2p.unsafe.block.signer", SIGNER]
            at = ["--at", frame["timestamp"]]
            status, said = verify(programs, frame["wire"], *flags, *at)
            what = f"{frame['fork']} block {frame['number']}"
            expect_true(status == 0 and said.startswith("ACCEPT") and frame["hash"] in said, f"{what}: {status} {said}")
            status, said = verify(programs, frame["wire"], *flags, "--at", frame["timestamp"] + 61)
            expect_true(status == 1 and said.startswith("REJECT block.too_old"), f"{what} a minute later: {said}")
            broken = frame["wire"][:-1] + ("0" if frame["wire"][-1] != "0" else "1")
            status, said = verify(programs, broken, *flags, *at)
            expect_true(status == 1 and said.startswith("REJECT"), f"{what} with its last byte changed: {said}")


def real_block(programs):
    block = json.loads((DATA / "real_op_sepolia_v3_signed_block_9427873.json").read_text())
    for at in (block["timestamp"], "block"):
        status, said = verify(programs, block["decoded_hex"], "--network", "op-sepolia", "--at", at)
        expect_true(status == 0 and said.startswith("ACCEPT") and block["block_hash"] in said, f"{status} {said}")
    status, said = verify(programs, block["decoded_hex"], "--network", "op-mainnet", "--at", "block")
    expect_true(status == 1 and said.startswith("REJECT block.wrong_signer"), f"on another chain: {status} {said}")


def publish(programs):
    net = Network(programs)
    with net.rollup() as rollup, net.op_node(rollup) as op_node:
        chain = ["--rollup.config", rollup, "--p2p.unsafe.block.signer", SIGNER]
        built = op_node.ask("build", "built", version=4, txs=4, tx_size=500)
        said = succeed(programs, "payload", "publish", "-", *chain, "--p2p.static", op_node.address, "--linger", "300ms",
                       text=built["hex"])
        expect_true(built["hash"] in said, said)
        expect(op_node.event("accepted")["hash"], built["hash"], "block")
        for version in VERSIONS:  # Engine API JSON, signed anew: op-node accepts what comes out
            built = op_node.ask("build", "built", version=version, txs=4, tx_size=500)
            as_json = succeed(programs, "payload", "show", "--json", "-", text=built["hex"])
            frame = succeed(programs, "payload", "sign", "-", *chain, "--p2p.sequencer.key", KEY, text=as_json)
            verdict = op_node.ask("validate", "validated", topic_version=version, hex=frame, fresh=True)
            expect(verdict["verdict"], "ACCEPT", f"V{version} from JSON: {verdict['reason']}")


def ask_peers(programs):
    net = Network(programs)
    with net.rollup() as rollup, net.op_node(rollup) as op_node, Listener([programs.gopeer, "listen"]) as go:
        for peer, agent in ((op_node, "optimism"), (go, "opwire-gopeer")):
            expect_true("4 answers" in succeed(programs, "ping", "--interval", "10ms", peer.address), "ping")
            told = json.loads(succeed(programs, "identify", "--json", peer.address))
            expect((told["peer_id"], told["agent"]), (peer.id, agent), "identity")
        succeed(programs, "perf", "dial", go.address, "--upload", "16MiB", "--download", "16MiB", "--streams", 2)
        succeed(programs, "perf", "dial", go.address, "--setups", 20, "--in-flight", 4)
        with Program([programs.opwire, "perf", "listen"], env=clean_environment()) as ours:
            address = re.search(r"/ip4/127\.0\.0\.1/tcp/\d+/p2p/\w+", ours.line(10))[0]
            expect(run_dial([programs.gopeer, "dial", address, "perf", "down", 16 << 20])["ok"], True, "go's download")


def opwire_run(programs, rollup, *flags):
    return Program([programs.opwire, "run", "--rollup.config", rollup, "--p2p.unsafe.block.signer", SIGNER,
                    "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--p2p.no-discovery", "--p2p.priv.path",
                    pathlib.Path(rollup).parent / "peer.key", "--p2p.gossip.timestamp.threshold", f"{WINDOW}s",
                    "--feed", "-", *flags], env=clean_environment())


def wait_for_graft(op_node, count=1):
    """Until one peer is in op-node's mesh of every topic."""
    def complete():
        topics = op_node.ask("mesh", "mesh")["topics"].values()
        return all(len(topic["mesh"]) == count for topic in topics)

    wait_until(complete, "opwire in op-node's mesh")
    time.sleep(1)  # and op-node in opwire's: two heartbeats


def follow(programs):
    net = Network(programs)
    with net.rollup() as rollup, net.op_node(rollup) as op_node:
        with opwire_run(programs, rollup, "--p2p.static", op_node.address) as ours:
            wait_for_graft(op_node)
            for version in VERSIONS:
                op_node.send(cmd="publish", version=version, count=BLOCKS, interval_ms=5, txs=4, tx_size=500)
                sent = op_node.events("published", BLOCKS)
                op_node.event("publish_done")
                got = [json.loads(ours.line(20)) for _ in sent]
                expect(sorted(line["hash"] for line in got), sorted(line["hash"] for line in sent), "blocks")
                for line in got:
                    expect((line["version"], line["topic"]), (version, f"/optimism/901/{version - 1}/blocks"), "kind")
                    expect((line["from"], line["signer"].lower()), (op_node.id, SIGNER.lower()), "origin")


def between(programs):
    net = Network(programs)
    with net.rollup() as rollup, net.op_node(rollup) as first:
        with opwire_run(programs, rollup, "--p2p.static", first.address) as ours:
            address = ours.logged(r"(/ip4/127\.0\.0\.1/tcp/\d+/p2p/\w+)")
            with net.op_node(rollup, "--static", address) as second:
                wait_for_graft(first)
                wait_for_graft(second)
                for version in VERSIONS:
                    first.send(cmd="publish", version=version, count=20, interval_ms=20, txs=100, tx_size=1270)
                    sent = first.events("published", 20)
                    got = second.events("accepted", 20)
                    expect(sorted(line["hash"] for line in got), sorted(line["hash"] for line in sent), "blocks")
                    expect({line["from"] for line in got}, {address.split("/p2p/")[1]}, "who passed them on")


def devnet(programs, fork):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "net"
        command = [programs.opwire, "devnet", "--followers", 2, "--block-time", "100ms", "--blocks", 60, "--fork", fork,
                   "--out", out]
        with Program(command, env=clean_environment()) as network:
            wait_until(lambda: (out / "signer").exists(), "the invitation")
            address, signer = ((out / name).read_text().strip() for name in ("sequencer.multiaddr", "signer"))
            with Listener([programs.opnodepeer, "--rollup-config", out / "rollup.json", "--signer", signer, "--static",
                           address]) as op_node:
                numbers = [op_node.event("accepted", 30)["number"]]
                while numbers[-1] < 60:
                    numbers.append(op_node.event("accepted", 30)["number"])
            status = network.child.wait(20)
            expect(status, 0, "exit status of devnet")
        expect(numbers, list(range(numbers[0], 61)), "blocks that op-node accepted, from its first on")
        expect_true(len(numbers) >= 10, f"op-node was there for {len(numbers)} blocks only")
