"""opwire peers: what a node keeps of its peers, read beside it and changed through it or without it."""

import json
import re
import time
import unittest
import urllib.request

from harness import ProgramTest, recorded

SOMEBODY = "16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA"
OTHER = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"


class Peers(ProgramTest):
    def lines(self, *arguments):
        return [json.loads(line) for line in self.succeeds("peers", *arguments).stdout.splitlines()]

    def by_id(self, *arguments):
        return {line["peerID"]: line for line in self.lines("ls", "--json", *arguments)}

    def wait_for_peer(self, peer, is_there):
        """Until the file says it of the peer; it is written every ten seconds."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = self.by_id().get(peer, {})
            if is_there(found):
                return found
            time.sleep(0.2)
        raise AssertionError(f"the file says of {peer} only {found}")


class Node(Peers):
    def test_a_node_keeps_its_peers_and_others_read_and_change_them(self):
        network = self.start("devnet", "--block-time", "200ms", "--followers", 1, "--out", "net", "--late", 0, "--cut-off", 0)
        network.wait_for("block 2 ")
        net = self.folder / "net"
        address, signer = ((net / name).read_text().strip() for name in ("sequencer.multiaddr", "signer"))
        peer = address.split("/p2p/")[1]
        run = ["run", "--rollup.config", net / "rollup.json", "--p2p.unsafe.block.signer", signer, "--p2p.listen.ip", "127.0.0.1",
               "--p2p.listen.tcp", 0, "--archive.path", "memory", "--p2p.peerstore.path", "opnode_peerstore_db"]
        node = self.start(*run)
        rpc = "http://" + node.wait_for(r"RPC listens.* at=(\S+)", "stderr")[1]
        self.assertIsNone(self.call(rpc, "opp2p_connectPeer", address))

        known = self.wait_for_peer(peer, lambda found: found.get("userAgent"))
        self.assertIn(address, known["addresses"])
        self.assertGreater(known["lastSeen"], time.time() - 60)
        self.assertIn("/ipfs/id/1.0.0", known["protocols"])
        shown = self.succeeds("peers", "show", peer[-8:]).stdout
        self.assertRegex(shown, rf"\Apeer +{peer}\nseen +20")
        self.assertRegex(shown, rf"agent +{re.escape(known['userAgent'])}\n")
        table = self.succeeds("peers", "ls").stdout
        self.assertRegex(table, rf"\APEER +SCORE +SEEN +AGENT +ADDRESS +STANDING\n(?s:.*)\n?{peer} ")

        self.fails(2, "opnode_peerstore_db.opwire: a node has it open: give --rpc", "peers", "ban", peer)
        self.fails(2, "a node has it open", "peers", "unban", peer)
        banned = self.succeeds("peers", "ban", peer, "--for", "2h", "--reason", "for a test", "--rpc", rpc)
        self.assertRegex(banned.stdout, rf"\A{peer} is banned until \d+\n\Z")
        self.assertEqual([ban["peer"] for ban in self.call(rpc, "opwire_bans")], [peer])
        end = time.monotonic() + 10
        while self.call(rpc, "opp2p_peers", True)["totalConnected"] > 0:
            self.assertLess(time.monotonic(), end)
        ban = self.wait_for_peer(peer, lambda found: "ban" in found)["ban"]
        self.assertEqual(ban["reason"], "for a test")
        self.assertAlmostEqual(ban["expiry"], time.time() + 7200, delta=60)
        self.assertIn("banned for 1h: for a test", self.succeeds("peers", "ls").stdout)
        self.fails(1, "was not banned", "peers", "unban", SOMEBODY, "--rpc", rpc)

        lines = [{"peerID": SOMEBODY, "peerScores": {"gossip": {"total": -7}}, "lastUpdate": int(time.time())}] * 150 + [{"peerID": 7}]
        self.file("more.jsonl", "\n".join(map(json.dumps, lines)))
        done = self.run_program("peers", "import", "more.jsonl", "--rpc", rpc)
        self.assertEqual((done.returncode, done.stdout), (1, "150 peers imported, 0 of other chains left out\n"), done.stderr)
        self.assertIn("more.jsonl: line 151: peerID: not a text\n", done.stderr)
        self.wait_for_peer(SOMEBODY, lambda found: found.get("peerScores", {}).get("gossip", {}).get("total") == -7)
        self.assertEqual(node.stop(), 0)

        # The next one begins with what this one knew.
        self.assertEqual(self.by_id()[peer]["ban"], ban)
        node = self.start(*run)
        rpc = "http://" + node.wait_for(r"RPC listens.* at=(\S+)", "stderr")[1]
        node.wait_for(r"what is known of peers .*bans=1 .*known=\d", "stderr")
        before = self.call(rpc, "opp2p_peers", False)["peers"][peer]
        self.assertEqual((before["userAgent"], before["connectedness"]), (known["userAgent"], 0))
        self.assertIn(address, before["addresses"])
        self.succeeds("peers", "unban", peer, "--rpc", rpc)
        self.assertIsNone(self.call(rpc, "opp2p_connectPeer", address))
        self.assertEqual(node.stop(), 0)
        self.assertNotIn("ban", self.by_id()[peer])
        self.assertEqual(network.stop(), 0)

    def call(self, url, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            said = json.load(answer)
        self.assertNotIn("error", said)
        return said["result"]


class File(Peers):
    def test_bans_and_lifts_without_a_node(self):
        self.file("one.jsonl", json.dumps({"peerID": SOMEBODY, "userAgent": "somebody"}))
        self.succeeds("peers", "import", "one.jsonl")
        self.assertEqual(self.files(), ["one.jsonl", "opnode_peerstore_db.opwire", "opnode_peerstore_db.opwire.lock"])
        self.succeeds("peers", "ban", SOMEBODY, "--for", "90m", "--reason", "why")
        self.assertEqual(self.by_id()[SOMEBODY]["ban"]["reason"], "why")
        self.assertRegex(self.succeeds("peers", "show", SOMEBODY).stdout, r"ban +banned for 1h: why \(until 20")
        self.succeeds("peers", "unban", SOMEBODY)
        self.fails(1, "was not banned", "peers", "unban", SOMEBODY)
        self.assertNotIn("ban", self.by_id("--p2p.peerstore.path", "opnode_peerstore_db/")[SOMEBODY])

    def test_what_is_exported_is_imported_elsewhere(self):
        now = int(time.time())
        peers = [{"peerID": SOMEBODY, "lastUpdate": now, "peerScores": {"gossip": {"total": 2.5}, "reqResp": {"validResponses": 3}},
                  "addresses": [f"/ip4/1.2.3.4/tcp/9222/p2p/{SOMEBODY}"], "addressEnds": [now + 3600], "userAgent": "one",
                  "protocols": ["/a"], "lastSeen": now, "ban": {"expiry": now + 3600, "lastUpdate": now, "reason": "why"}},
                 {"peerID": OTHER, "blocked": True}]
        self.file("in.jsonl", "\n".join(map(json.dumps, peers)))
        self.succeeds("peers", "import", "in.jsonl", "--file", "first")
        exported = self.succeeds("peers", "export", "--file", "first").stdout
        self.file("exported", exported)
        self.succeeds("peers", "import", "exported", "--file", "second")
        self.assertEqual(self.succeeds("peers", "export", "--file", "second").stdout, exported)
        other, one = map(json.loads, exported.splitlines())
        self.assertEqual((other, one["peerScores"]["gossip"]["total"]), ({"peerID": OTHER, "blocked": True}, 2.5))
        for name in ("addresses", "addressEnds", "userAgent", "protocols", "lastSeen", "ban", "lastUpdate"):
            self.assertEqual(one[name], peers[0][name], name)

    def test_a_bootstore_of_kona(self):
        records = [text for text, about in recorded("bootnodes_all.json")["enrs"].items() if about.get("sig_ok")]
        self.file("bootstore.json", json.dumps(records + ["enr:broken"]))
        self.fails(2, "give --network or --chain-id", "peers", "import", "bootstore.json")
        done = self.run_program("peers", "import", "bootstore.json", "--chain-id", 8453)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"bootstore.json: entry {len(records) + 1}: ", done.stderr)
        taken, foreign = map(int, re.match(r"(\d+) peers imported, (\d+) of other chains left out\n", done.stdout).groups())
        self.assertEqual(taken + foreign, len(records))
        self.assertGreater(taken, 0)
        kept = json.loads(self.succeeds("peers", "export", "--kona").stdout)
        self.assertLessEqual(set(kept), set(records))
        self.assertEqual(json.loads(self.succeeds("peers", "export", "--kona", "--network", "op-mainnet").stdout), [])
        self.assertEqual({line["chainID"] for line in self.lines("ls", "--json")}, {8453})

    def test_what_is_wrong_is_said_in_a_line(self):
        self.fails(2, "opnode_peerstore_db.opwire: database cannot be opened", "peers", "ls")
        self.fails(2, "no such file; is that the node's --p2p.peerstore.path?", "peers", "ban", SOMEBODY)
        self.fails(2, "'x' is not a peer id", "peers", "ban", "x")
        self.fails(2, "--for: '8d': a duration", "peers", "ban", SOMEBODY, "--for", "8d")
        self.fails(2, "--for: '169h': a duration", "peers", "ban", SOMEBODY, "--for", "169h")
        self.fails(2, "none.json: ", "peers", "import", "none.json")
        self.file("nothing", "hello")
        self.fails(2, "nothing: not JSON", "peers", "import", "nothing")
        self.fails(2, "give --network or --chain-id, not both", "peers", "import", "nothing", "--network", "op-mainnet", "--chain-id", 10)
        self.fails(1, "no node answers at http://127.0.0.1:1", "peers", "ban", SOMEBODY, "--rpc", "http://127.0.0.1:1")
        self.fails(2, "--rpc: 'x'", "peers", "unban", SOMEBODY, "--rpc", "x")
        self.assertEqual(self.files(), ["nothing"])
        self.file("damaged", "not a database")
        self.fails(2, "damaged: database is damaged, or not one of ours", "peers", "ls", "--file", "damaged")

    def test_a_folder_of_op_node_is_never_touched(self):
        folder = self.folder / "opnode_peerstore_db"
        folder.mkdir()
        (folder / "CURRENT").write_text("MANIFEST-000001\n")
        self.file("one.jsonl", json.dumps({"peerID": SOMEBODY, "blocked": True}))
        self.succeeds("peers", "import", "one.jsonl")
        self.assertEqual([path.name for path in folder.iterdir()], ["CURRENT"])
        self.fails(2, "database cannot be opened", "peers", "ls", "--file", "opnode_peerstore_db")


if __name__ == "__main__":
    unittest.main()
