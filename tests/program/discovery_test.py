"""Discovery as an operator has it: a bootnode, nodes that know it alone, a walk through the network. All on loopback."""

import json
import time
import unittest

from harness import ProgramTest

class Discovery(ProgramTest):
    def bootnode(self):
        node = self.start("bootnode", "--listen.ip", "127.0.0.1", "--listen.udp", 0, "--json", "--key", "bootnode.key")
        return node, json.loads(node.wait_for(r'\{"event":"ready".*\}').group())

    def node(self, name, bootnode):
        """Alone with its own files; it dials and is dialled on loopback."""
        return self.start("run", "--network", "op-mainnet", "--p2p.no-discovery=false", "--p2p.bootnodes", bootnode,
                          "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--p2p.priv.path", f"{name}.key",
                          "--p2p.discovery.path", f"{name}.db", "--archive.path", f"{name}.mdb", "--log.level", "info,discovery=debug")

    def walk(self, bootnode):
        done = self.succeeds("discover", "--bootnodes", bootnode, "--listen.ip", "127.0.0.1", "--time", 15, "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_nodes_that_know_a_bootnode_alone_meet_and_meet_again_without_it(self):
        bootnode, ready = self.bootnode()
        one, two = self.node("one", ready["enr"]), self.node("two", ready["enr"])
        self.wait_for_dial(0, one, two)
        ours = [node for node in self.walk(ready["enr"]) if node["chain"] == "op-mainnet"]
        self.assertEqual([node["answered"] for node in ours], [True, True], ours)
        self.assertIn("op-mainnet", self.succeeds("enr", "show", ours[0]["enr"]).stdout)
        for node in (two, bootnode):
            self.assertEqual(node.stop(), 0, node.text("stderr"))

        before = self.dials(one)
        again = self.node("two", ready["enr"])
        again.wait_for("nodes known from before", "stderr")
        self.wait_for_dial(before, one, again)
        for node in (one, again):
            self.assertEqual(node.stop(), 0, node.text("stderr"))
        self.assertIn("one.db.opwire", self.files())
        self.assertNotIn("one.db", self.files())

    def dials(self, *nodes):
        return sum(node.text("stderr").count("connected to a peer that discovery found") for node in nodes)

    def wait_for_dial(self, before, *nodes):
        """One of them has reached the other, once more than before."""
        end = time.monotonic() + 20
        while self.dials(*nodes) <= before:
            self.assertLess(time.monotonic(), end, "".join(node.text("stderr") for node in nodes))
            time.sleep(0.05)

    def test_a_bootnode_stays_the_same_node(self):
        first, ready = self.bootnode()
        self.assertEqual(first.stop(), 0)
        second, again = self.bootnode()
        self.assertEqual(second.stop(), 0)
        self.assertEqual(ready["id"], again["id"])

    def test_what_is_wrong_is_said_in_a_line(self):
        self.fails(2, "--listen.ip: 'nowhere' is not an IP address", "bootnode", "--listen.ip", "nowhere")
        self.fails(2, "--bootnodes: 'enr:x'", "discover", "--bootnodes", "enr:x")
        self.fails(1, "not a valid node record", "enr", "show", "enr:AAAA")
        self.fails(2, "--network", "discover", "--network", "no-such-chain")


if __name__ == "__main__":
    unittest.main()
