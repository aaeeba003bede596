"""op-nodes and opwire's whole nodes that know nothing but one bootnode: they meet, and every block reaches everybody."""

import contextlib
import pathlib
import tempfile
import time

from cases.opnode import Network
from cases.program import Program, clean_environment
from harness.peer import Discoverer
from harness.report import expect, wait_until

EACH = 2  # nodes of each implementation
BLOCKS = 5
MEETING = 60  # seconds: op-node looks for nodes and dials them every five


def add(cases, programs):
    for name, bootnode in (("opwire bootnode", our_bootnode), ("a bootnode of geth's", geth_bootnode)):
        cases.add(f"discv5: op-nodes and opwires meet by {name}", lambda b=bootnode: meet(programs, b))


@contextlib.contextmanager
def our_bootnode(programs):
    with tempfile.TemporaryDirectory() as folder:
        command = [programs.opwire, "bootnode", "--listen.ip", "127.0.0.1", "--listen.udp", 0, "--json", "--key",
                   pathlib.Path(folder) / "key"]
        with Program(command, env=clean_environment()) as program:
            yield program.event("ready")["enr"]


@contextlib.contextmanager
def geth_bootnode(programs):
    with Discoverer(programs.gethdisc) as node:
        yield node.enr


def meet(programs, bootnode):
    net = Network(programs)
    with contextlib.ExitStack() as stack:
        flags = "--discovery", "--bootnodes", stack.enter_context(bootnode(programs))
        rollup = stack.enter_context(net.rollup())
        op_nodes = [stack.enter_context(net.op_node(rollup, "--advertise-ip", "127.0.0.1", *flags)) for _ in range(EACH)]
        ours = [stack.enter_context(net.ours(rollup, *flags)) for _ in range(EACH)]
        wait_until(lambda: all(op_node_is_met(node) for node in op_nodes) and all(map(is_met, ours)),
                   "every node in the mesh of every other", MEETING)
        time.sleep(1)  # of both sides: the mesh is told of by one
        for publisher in (op_nodes[0], ours[0]):
            publish(publisher, [node for node in op_nodes + ours if node is not publisher])


def op_node_is_met(node):
    topics = node.ask("mesh", "mesh")["topics"]
    return len(topics["4"]["mesh"]) == 2 * EACH - 1


def is_met(node):
    status = node.ask("status", "status")
    return status["mesh"].get("/optimism/901/3/blocks") == 2 * EACH - 1


def publish(publisher, others):
    publisher.send(cmd="publish", version=4, count=BLOCKS, interval_ms=50, txs=4, tx_size=500)
    sent = sorted(line["hash"] for line in publisher.events("published", BLOCKS))
    for node in others:
        got = sorted(line["hash"] for line in node.events("accepted", BLOCKS))
        expect(got, sent, f"blocks of {publisher.name} that a {node.name} accepted")
