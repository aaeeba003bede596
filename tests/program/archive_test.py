"""The payload archive: what a node puts there, and what others read of it."""

import json
import re
import unittest

from harness import ProgramTest


class Archive(ProgramTest):
    def test_a_node_archives_and_others_read_while_it_runs(self):
        network = self.start("devnet", "--block-time", "200ms", "--followers", 1, "--out", "net", "--late", 0, "--cut-off", 0)
        network.wait_for("block 5 ")
        net = self.folder / "net"
        peer, signer = ((net / name).read_text().strip() for name in ("sequencer.multiaddr", "signer"))
        run = ["run", "--rollup.config", net / "rollup.json", "--p2p.unsafe.block.signer", signer, "--p2p.static", peer,
               "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--p2p.no-discovery", "--archive.path", "blocks.mdb"]
        node = self.start(*run, "--from-genesis")
        node.wait_for("blocks fetched", "stderr")
        second = self.run_program(*run, "--p2p.priv.path", "other.key")
        self.assertEqual(second.returncode, 2)
        self.assertIn("--archive.path: blocks.mdb: database is in use elsewhere", second.stderr)
        at = ["--archive.path", "blocks.mdb"]
        while True:
            lines = [json.loads(line) for line in self.succeeds("archive", "ls", *at, "--json").stdout.splitlines()]
            if len(lines) > 8 and lines[0]["number"] == 1:
                break
        self.assertEqual({line["kind"] for line in lines}, {"signed", "linked"})
        self.assertEqual([line["number"] for line in lines], list(range(1, len(lines) + 1)))
        self.assertEqual(node.stop(), 0)
        self.assertEqual(network.stop(), 0)

        listed = self.succeeds("archive", "ls", *at, "--from", 2, "--to", 3)
        self.assertRegex(listed.stdout, r"\A +number hash.*\n +2 0x[0-9a-f]{64} linked V4 \d{4}-\d\d-\d\dT.*\n +3 0x.*\n\Z")
        self.assertEqual(listed.stderr, "2 blocks of chain 901\n")
        shown = json.loads(self.succeeds("archive", "show", *at, 2).stdout)["executionPayload"]
        self.assertEqual(shown["blockHash"], lines[1]["hash"])
        self.assertEqual(shown, json.loads(self.succeeds("archive", "show", *at, lines[1]["hash"]).stdout)["executionPayload"])
        self.succeeds("archive", "export", *at, "--to", 4, "--out", "out", "--format", "ssz")
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()), [f"{n}.ssz" for n in range(1, 5)])
        self.assertIn(lines[1]["hash"], self.succeeds("payload", "show", "out/2.ssz").stdout)

        verified = self.succeeds("archive", "verify", *at, "--signer", signer).stdout
        self.assertRegex(verified, rf"\A\d+ blocks: \d+ signed, \d+ linked\n\d+ signed by {signer}\n\Z")
        self.succeeds("archive", "verify", *at, "--to", 2)
        other = self.run_program("archive", "verify", *at, "--signer", "0x" + "11" * 20)
        self.assertEqual(other.returncode, 1)
        self.assertRegex(other.stdout, rf"WRONG \d+ 0x[0-9a-f]+: signed by {signer}")

        again = self.start(*run)
        again.wait_for(r"archive .*highest=\d+", "stderr")
        self.assertEqual(again.stop(), 0)

    def test_what_is_wrong_is_said_in_a_line(self):
        self.fails(2, "none.mdb", "archive", "ls", "--archive.path", "none.mdb")
        self.fails(2, "--from is above --to", "archive", "ls", "--from", 2, "--to", 1)
        chain = ["run", "--network", "op-mainnet", "--p2p.no-discovery", "--p2p.listen.tcp", 0]
        self.fails(2, "--backfill needs an archive", *chain, "--backfill", 5, "--archive.path", "memory")
        self.fails(2, "--archive.max-size", *chain, "--archive.max-size", "much")
        self.fails(2, "--syncmode", *chain, "--syncmode", "fast")
        self.fails(2, "--syncmode.req-resp", *chain, "--syncmode.req-resp", "--p2p.sync.req-resp=false")
