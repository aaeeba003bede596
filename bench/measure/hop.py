"""How long a 128 KiB message takes from one peer to the next, through a chain of three of one kind: from the second's
reception to the third's. Without a validator, and with op-node's or ours checking blocks. The first messages are not
counted: until the oldest are forgotten again, each needs memory that the process has not had before."""

import contextlib
import statistics

from cases.gossip import OP_IDS, TOPIC, wait_for_mesh
from cases.opnode import KEY, SIGNER, rollup_file, wait_until
from harness.peer import Listener
from measure.samples import alternate
from measure.table import table

TITLE = "One hop of a 128 KiB message"
SIZE = 128 << 10
INTERVAL_MS = 40
WARM_UP = 175  # seven seconds: each peer remembers messages for five
BLOCK = {"version": 4, "txs": 101, "tx_size": 1267}


def measure(context):
    counts = (0, 20) if context.quick else (WARM_UP, 150)
    jobs = {name: lambda p=program: _messages(p, *counts) for name, program in context.sides().items()}
    programs = context.programs
    jobs["op-node, blocks checked"] = lambda: _blocks(programs, programs.opnodepeer, *counts)
    jobs["opwire, blocks checked"] = lambda: _blocks(programs, programs.opwirenode, *counts)
    return alternate(context.rounds, context.warm_up, jobs)


def _messages(program, warm_up, count):
    with contextlib.ExitStack() as held:
        chain = []
        for _ in range(3):
            to = ["--connect", chain[-1].address] if chain else []
            chain.append(held.enter_context(Listener([program, "listen", "--gossip", TOPIC, OP_IDS, *to])))
        for one, other in zip(chain, chain[1:]):
            wait_for_mesh(one, other)
        chain[0].send(cmd="publish", topic=TOPIC, count=warm_up + count, size=SIZE, interval_ms=INTERVAL_MS)
        return _between(chain, "message", "sha256", warm_up, count)


def _blocks(programs, follower, warm_up, count):
    """The publisher is op-node in both cases."""
    with contextlib.ExitStack() as held:
        rollup = held.enter_context(rollup_file(programs, "--fork", "isthmus"))
        chain = [held.enter_context(Listener([programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY]))]
        for _ in range(2):
            chain.append(held.enter_context(Listener(
                [follower, "--rollup-config", rollup, "--signer", SIGNER, "--static", chain[-1].address])))
        for peer, neighbours in zip(chain, (1, 2, 1)):
            wait_until(lambda p=peer, n=neighbours: _smallest_mesh(p) >= n, "a full mesh")
        chain[0].send(cmd="publish", count=warm_up + count, interval_ms=INTERVAL_MS, **BLOCK)
        return _between(chain, "accepted", "hash", warm_up, count)


def _smallest_mesh(peer):
    if peer.name == "opnodepeer":
        return min(len(topic["mesh"]) for topic in peer.ask("mesh", "mesh")["topics"].values())
    return min(peer.ask("status", "status")["mesh"].values())


def _between(chain, event, key, warm_up, count):
    second, third = ({e[key]: e for e in peer.events(event, warm_up + count)} for peer in chain[1:])
    counted = list(second)[warm_up:]
    hops = sorted(third[message]["at_us"] - second[message]["at_us"] for message in counted)
    allocations = [third[message]["allocations"] for message in counted if "allocations" in third[message]]
    measured = {"p50_us": statistics.median(hops), "p99_us": hops[len(hops) * 99 // 100]}
    return measured | ({"allocations": statistics.median(allocations)} if allocations else {})


def show(series):
    """allocations: from the socket to the verdict, where the program counts them."""
    return table(["", "p50 us", "p99 us", "allocations"],
                 [[one.name, one.median("p50_us"), one.median("p99_us"),
                   one.median("allocations") if "allocations" in one.values else None] for one in series])
