"""The file of what is known of peers, beside op-node's --p2p.peerstore.path: kept, damaged, and in use."""

import json
import unittest
import urllib.request

from harness import ProgramTest

RUN = ("run", "--network", "op-sepolia", "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--p2p.no-discovery",
       "--p2p.peerstore.path", "peers", "--archive.path", "memory")
BLOCKED = "16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA"
RESET = "--p2p.peerstore.reset-damaged"


class Peerstore(ProgramTest):
    def setUp(self):
        super().setUp()
        self.books = self.folder / "peers.opwire"
        with_blocked = self.node()
        self.ask(with_blocked, "opp2p_blockPeer", BLOCKED)
        self.assertEqual(with_blocked.stop(), 0)
        self.whole = self.books.read_bytes()

    def node(self, *flags):
        node = self.start(*RUN, *flags)
        node.at = node.wait_for(r"RPC listens .*at=(\S+)", "stderr")[1]
        return node

    def ask(self, node, method, *params):
        call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(f"http://{node.at}/", call, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())["result"]

    def blocked(self, *flags):
        node = self.node(*flags)
        found = self.ask(node, "opp2p_listBlockedPeers")
        self.assertEqual(node.stop(), 0)
        return found

    def test_it_is_kept_and_nobody_else_may_have_it(self):
        node = self.node()
        self.assertEqual(self.ask(node, "opp2p_listBlockedPeers"), [BLOCKED])
        self.fails(2, "--p2p.peerstore.path: peers.opwire: database is in use elsewhere", *RUN, logs=True)
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.blocked(RESET), [BLOCKED], "what is whole is not set aside")

    def test_a_damaged_file_is_named_and_left_alone(self):
        size = len(self.whole)
        for what, damaged in (("truncated", self.whole[:size // 2]), ("cut in a page", self.whole[:size - 100]),
                              ("nonsense", b"\xa5" * size), ("a byte", b"\0"), ("zeros", bytes(size))):
            with self.subTest(what):
                self.books.write_bytes(damaged)
                done = self.run_program(*RUN)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertRegex(done.stderr.splitlines()[-1], "^opwire: --p2p.peerstore.path: peers.opwire: database is damaged, "
                                 rf"or not one of ours \(.+\): {RESET} sets it aside and begins a new one$")
                self.assertEqual(self.books.read_bytes(), damaged)

    def test_with_the_flag_it_is_set_aside(self):
        damaged = self.whole[:len(self.whole) // 2]
        self.books.write_bytes(damaged)
        node = self.node(RESET)
        node.wait_for(r"set aside, and a new one begun .*damaged=peers\.opwire\.damaged-\d+", "stderr")
        self.assertEqual(self.ask(node, "opp2p_listBlockedPeers"), [], "it begins with nobody")
        self.ask(node, "opp2p_blockPeer", BLOCKED)
        self.assertEqual(node.stop(), 0)
        (aside,) = self.folder.glob("peers.opwire.damaged-*")
        self.assertEqual(aside.read_bytes(), damaged)
        self.assertEqual(self.blocked(), [BLOCKED], "the new one is a whole one")


if __name__ == "__main__":
    unittest.main()
