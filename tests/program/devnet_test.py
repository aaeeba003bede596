"""The local network, and outsiders that join it."""

import json
import pathlib
import signal
import time
import unittest

from harness import ProgramTest


class Devnet(ProgramTest):
    def test_every_follower_accepts_every_block(self):
        done = self.succeeds("devnet", "--blocks", 5, "--block-time", "200ms")
        self.assertRegex(done.stdout, r"the mesh stands")
        self.assertRegex(done.stdout, r"block 5 0x[0-9a-f]{8}…[0-9a-f]{4}: ./3 followers")
        for follower in (1, 2, 3):
            self.assertRegex(done.stdout, rf"follower {follower}: head 5 of 5, 5 blocks from gossip, \d+ bytes, p50 [\d.]+ ms, p99 [\d.]+ ms")
        self.assertIn("all 3 followers have all 5 blocks", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.files(), [], "nothing is left behind")

    def test_late_and_cut_off_followers_catch_up(self):
        done = self.succeeds("devnet", "--blocks", 24, "--block-time", "250ms", "--followers", 2, "--late", 4, "--cut-off", 8)
        self.assertRegex(done.stdout, r"block 1 .*; late: joins after block 4")
        self.assertRegex(done.stdout, r"block 12 .*; cut off: no cable, \d behind")
        self.assertRegex(done.stdout, r"late: head 24 of 24, (20|1\d) blocks from gossip")
        self.assertRegex(done.stdout, r"cut off: head 24 of 24, (16|1[0-5]) blocks from gossip")
        self.assertIn("all 4 followers have all 24 blocks", done.stdout)

    def test_every_fork(self):
        for fork in ("bedrock", "canyon", "ecotone", "holocene", "jovian"):
            done = self.succeeds("devnet", "--blocks", 2, "--block-time", "50ms", "--followers", 1, "--fork", fork)
            self.assertIn("all 1 followers have all 2 blocks", done.stdout)

    def test_large_blocks_and_many_followers(self):
        done = self.succeeds("devnet", "--blocks", 3, "--block-time", "500ms", "--followers", 8, "--txs", 200, "--tx-size", 1000)
        self.assertIn("all 8 followers have all 3 blocks", done.stdout)

    def test_signals_end_it(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            network = self.start("devnet", "--block-time", "100ms")
            network.wait_for("block 2 ")
            self.assertEqual(network.stop(how), 0)
            self.assertRegex(network.text(), r"all [345] followers have all \d+ blocks")

    def test_a_signal_before_the_last_block_is_a_failure(self):
        network = self.start("devnet", "--block-time", "200ms", "--blocks", 1000)
        network.wait_for("block 1 ")
        self.assertEqual(network.stop(), 1)
        self.assertRegex(network.text("stderr"), r"stopped after \d+ of 1000 blocks")

    def test_a_signal_while_blocks_are_on_their_way_is_none(self):
        network = self.start("devnet", "--block-time", "20ms", "--txs", 200, "--tx-size", 1000)
        network.wait_for("block 5 ")
        self.assertEqual(network.stop(), 0, network.text("stderr"))

    def test_bad_flags(self):
        for flag, value in (("--block-time", "2"), ("--block-time", "0s"), ("--fork", "london"), ("--followers", "0"),
                            ("--tx-size", "9000000"), ("--log.level", "loud")):
            self.fails(2, flag, "devnet", flag, value)
        self.fails(2, "--engine none: No such file", "devnet", "--blocks", 1, "--engine", "none")
        self.fails(2, "--engine /bin/false: it refuses the genesis", "devnet", "--blocks", 1, "--engine", "/bin/false")
        self.fails(2, "--block-time", "devnet", "--engine", "geth", "--block-time", "500ms")
        self.fails(2, "--late", "devnet", "--blocks", 5, "--late", 5)
        self.fails(2, "--cut-off", "devnet", "--blocks", 9, "--cut-off", 4)
        self.file("taken", "")
        self.fails(2, "--out", "devnet", "--blocks", 1, "--out", "taken")


class Engines(ProgramTest):
    """With programs in op-geth's place: what becomes of processes and folders."""

    def engine(self, name, body):
        """Takes any genesis; then does what is said."""
        path = self.file(name, f'#!/bin/sh\n[ "$1" = init ] && {{ sleep 0.2; exit 0; }}\necho $$ >> {self.folder}/pids\n{body}\n')
        path.chmod(0o755)
        (self.folder / "tmp").mkdir(exist_ok=True)
        return path

    def devnet(self, engine):
        return self.start("devnet", "--engine", engine, env={"TMPDIR": str(self.folder / "tmp")})

    def leaves_nothing(self):
        self.assertEqual(list((self.folder / "tmp").iterdir()), [])
        pids = self.folder / "pids"
        for pid in pids.read_text().split() if pids.exists() else ():
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), pid)

    def test_a_signal_while_it_starts_leaves_nothing(self):
        engine = self.engine("silent", "exec sleep 60")
        for pause in (0.1, 0.3, 1):
            network = self.devnet(engine)
            time.sleep(pause)
            self.assertEqual(network.stop(), 0, network.text("stderr"))
            self.leaves_nothing()

    def test_one_that_ends_is_named(self):
        network = self.devnet(self.engine("mortal", "echo out of cake; exit 7"))
        self.assertEqual(network.wait(), 2)
        self.assertIn("--engine: sequencer: op-geth ended with exit code 7: out of cake", network.text("stderr"))
        self.leaves_nothing()
        network = self.devnet(self.engine("killed", "kill -9 $$"))
        self.assertEqual(network.wait(), 2)
        self.assertIn("--engine: sequencer: op-geth ended by signal 9", network.text("stderr"))
        self.leaves_nothing()


class Joining(ProgramTest):
    """opwire run and payload publish beside a devnet, with nothing but what --out wrote."""

    def devnet(self, *more, block_time="200ms"):
        network = self.start("devnet", "--block-time", block_time, "--followers", 1, "--out", "net", *more)
        network.wait_for("block 1 ")
        net = self.folder / "net"
        peer, signer = ((net / name).read_text().strip() for name in ("sequencer.multiaddr", "signer"))
        chain = ["--rollup.config", net / "rollup.json", "--p2p.unsafe.block.signer", signer]
        return network, peer, chain

    def run_flags(self, peer, chain):
        return ["run", *chain, "--p2p.static", peer, "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0]

    def test_run_follows_it_and_feeds_each_block(self):
        network, peer, chain = self.devnet()
        self.file("feed.jsonl", "before\n")
        node = self.start(*self.run_flags(peer, chain), "--feed", "feed.jsonl")
        for number in range(3):
            node.wait_for(rf"(?s)(unsafe block.*){{{number + 1}}}", "stderr")
        self.assertEqual(node.stop(signal.SIGTERM), 0)
        self.assertEqual(node.text(), "")
        self.assertRegex(node.text("stderr"), r"listening  module=run addresses=/ip4/127.0.0.1/tcp/\d+/p2p/16Uiu2")
        self.assertEqual((self.folder / "opnode_p2p_priv.txt").stat().st_mode & 0o777, 0o600)

        before, *lines = (self.folder / "feed.jsonl").read_text().splitlines()
        self.assertEqual(before, "before")
        blocks = [json.loads(line) for line in lines]
        self.assertGreaterEqual(len(blocks), 3)
        for block, following in zip(blocks, blocks[1:]):
            self.assertEqual(following["parentHash"], block["hash"])
            self.assertEqual(following["number"], block["number"] + 1)
        self.assertEqual(list(blocks[0]), ["number", "hash", "parentHash", "timestamp", "version", "topic", "from", "signer",
                                           "bytes", "received_at", "validated_us"])
        self.assertEqual(blocks[0]["topic"], "/optimism/901/3/blocks")
        self.assertTrue(peer.endswith("/p2p/" + blocks[0]["from"]))
        self.assertEqual(blocks[0]["signer"], chain[-1])
        self.assertRegex(blocks[0]["received_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(network.stop(), 0)

    def test_fetch_proves_a_range_by_the_hash_of_its_last_block(self):
        network, peer, chain = self.devnet(block_time="1s")  # the server serves none before its time
        node = self.start(*self.run_flags(peer, chain), "--feed", "-")
        block = json.loads(node.wait_for(r"\{.*\}\n")[0])
        fetch = ["fetch", 1, block["number"], *chain[:2], "--p2p.static", peer]
        lines = self.succeeds(*fetch, "--hash", block["hash"]).stdout.splitlines()
        fetched = [json.loads(line)["executionPayload"] for line in lines]
        self.assertEqual([int(each["blockNumber"], 16) for each in fetched], list(range(block["number"], 0, -1)))
        self.assertEqual(fetched[0]["blockHash"], block["hash"])
        for above, below in zip(fetched, fetched[1:]):
            self.assertEqual(above["parentHash"], below["blockHash"])

        self.succeeds(*fetch, "--hash", block["hash"], "--out", "blocks", "--format", "ssz")
        self.assertEqual(sorted(path.name for path in (self.folder / "blocks").iterdir()),
                         sorted(f"{number}.ssz" for number in range(1, block["number"] + 1)))
        shown = self.succeeds("payload", "show", f"blocks/{block['number']}.ssz").stdout
        self.assertIn(block["hash"], shown)
        self.fails(1, "--hash: every peer that answers has another block", *fetch, "--hash", "0x" + "11" * 32)
        late = ["fetch", 1, 100000, *fetch[3:], "--hash", block["hash"]]
        self.fails(1, "stopped before all blocks", *late, "--time", "500ms")
        self.fails(2, "FROM TO", "fetch", 0, *fetch[2:], "--hash", block["hash"])
        self.fails(2, "can exist", "fetch", 1, 2**64 - 1, *fetch[3:], "--hash", block["hash"])
        self.fails(2, "--format ssz", *fetch, "--hash", block["hash"], "--format", "ssz")
        self.assertEqual(node.stop(), 0)
        self.assertEqual(network.stop(), 0)

    def test_feed_on_standard_output(self):
        _, peer, chain = self.devnet()
        node = self.start(*self.run_flags(peer, chain), "--feed", "-", "--p2p.priv.path", "key")
        self.assertEqual(json.loads(node.wait_for(r"\{.*\}\n")[0])["version"], 4)
        self.assertEqual(node.stop(), 0)

    def test_everything_from_the_environment_or_a_file(self):
        _, peer, chain = self.devnet()
        flags = {"ROLLUP_CONFIG": chain[1], "P2P_STATIC": peer, "P2P_LISTEN_IP": "127.0.0.1", "P2P_LISTEN_TCP_PORT": "0"}
        env = {"OP_NODE_" + name: str(value) for name, value in flags.items()}
        node = self.start("run", env={**env, "OPWIRE_P2P_UNSAFE_BLOCK_SIGNER": chain[3], "OPWIRE_FEED": "-"})
        node.wait_for('"number"')
        self.assertEqual(node.stop(), 0)
        self.file("opwire.toml", f'rollup.config = "{chain[1]}"\nfeed = "-"\n[p2p]\nstatic = "{peer}"\nlisten.tcp = 0\n'
                                 f'listen.ip = "127.0.0.1"\nunsafe.block.signer = "{chain[3]}"\n')
        node = self.start("run", "--config", "opwire.toml")
        node.wait_for('"number"')
        self.assertEqual(node.stop(), 0)

    def test_a_reader_of_the_feed_that_leaves_does_not_end_the_node(self):
        _, peer, chain = self.devnet()
        node = self.start(*self.run_flags(peer, chain), "--feed", "/dev/full")
        node.wait_for("cannot write the feed", "stderr")
        node.wait_for(r"(?s)unsafe block.*unsafe block", "stderr")
        self.assertEqual(node.stop(), 0)

    def test_blocks_of_another_signer_are_rejected(self):
        _, peer, chain = self.devnet()
        node = self.start(*self.run_flags(peer, [*chain[:3], "0x" + "11" * 20]))
        node.wait_for("check=block.wrong_signer", "stderr")
        self.assertNotIn("unsafe block", node.text("stderr"))
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    unittest.main()
