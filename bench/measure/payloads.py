"""Peers that have the same blocks of 30 KiB, for what is measured of payload_by_number."""

import contextlib
import time

from cases.opnode import KEY, SIGNER, rollup_file
from harness.peer import Listener
from harness.report import wait_until

BLOCK = {"txs": 41, "tx_size": 724}  # 30 KiB
BURST, RATE = 15, 4  # what an op-node serves one peer: so many at once, then so many a second


class Blocks:
    """Servers of the blocks 1 to count, and the block above them that a range hangs on."""

    def __init__(self, programs, count, running):
        self.programs = programs
        self.count = count
        self.running = running
        self.rollup = running.enter_context(rollup_file(programs, "--fork", "isthmus"))
        self.last = None

    def op_nodes(self, number):
        return self._servers(number, [self.programs.opnodepeer, "--sequencer-key", KEY], first=1)

    def opwires(self, number):
        return self._servers(number, [self.programs.opwirenode, "--signer", SIGNER, "--serve-freely"])

    def _servers(self, number, command, **fields):
        servers = [self._start(*command) for _ in range(number)]
        for server in servers:
            self.last = server.ask("store", "stored", 120, count=self.count + 1, seed=7, **BLOCK, **fields)
        return servers

    def _start(self, program, *flags):
        return self.running.enter_context(Listener([program, "--rollup-config", self.rollup, *flags]))

    def opwire_client(self, servers, *flags):
        client = self._start(self.programs.opwirenode, "--signer", SIGNER, "--static", addresses(servers), *flags)
        wait_until(lambda: client.ask("status", "status")["sync_peers"] == len(servers), "servers to ask")
        return client

    def op_node_client(self, servers):
        client = self._start(self.programs.opnodepeer, "--sequencer-key", KEY, "--static", addresses(servers))
        wait_until(lambda: client.ask("mesh", "mesh")["stats"]["connected"] == len(servers), "servers to ask")
        return client

    def begin_fetch(self, client):
        client.send(cmd="fetch", quiet=True, after=0, before=self.count + 1, top=self.last["parent_hash"])

    def request(self, client):
        """op-node's client, until it has told the last block."""
        client.ask("request_range", "requested", after=0, before=self.count + 1, hash=self.last["hash"],
                   top=self.last["parent_hash"])
        return client.events("accepted", self.count, timeout=300)


@contextlib.contextmanager
def blocks(programs, count):
    with contextlib.ExitStack() as running:
        yield Blocks(programs, count, running)


def addresses(peers):
    return ",".join(peer.address for peer in peers)


def cpu_seconds(peers):
    return sum(peer.ask("stats", "stats")["cpu_seconds"] for peer in peers)


def background(peers, seconds):
    """What they use each second while nobody asks them for anything."""
    before = cpu_seconds(peers)
    time.sleep(seconds)
    return (cpu_seconds(peers) - before) / seconds


def permitted_seconds(count, servers):
    """The least that a client needs for so many blocks under the limiters of so many op-nodes."""
    return max(0.0, count - servers * BURST) / (servers * RATE)
