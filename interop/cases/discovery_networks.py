"""Networks of nodes of all discovery libraries, on two chains and on none, around one bootnode of ours."""

import concurrent.futures
import contextlib
import time

from harness.peer import Discoverer
from harness.report import expect, expect_true

CHAINS = (10, 8453)
# How many of each kind are on the first chain, on the second, and on none.
SHARES = {"opwire": (9, 9, 2), "geth": (7, 7, 1), "sigp": (4, 4, 2), "js": (2, 2, 1)}
TOTAL = sum(map(sum, SHARES.values()))
SETTLE = 8  # seconds: ours check ten newcomers a second
WALK = 3  # seconds
# ChainSafe's: one lookup of a cold node takes seconds of a core, and one that outlasts the walk finds nothing.
LONG_WALK = 12
PATIENCE = 45
# How many of its chain a node need not find. sigp's tell of no node that has not answered them lately, which ChainSafe's
# do late while they look for others.
MISSING = {"sigp": 3, "js": 15}


def add(cases, programs):
    cases.add(f"discv5: {TOTAL} nodes of all kinds, two chains", lambda: mixed(programs))


def mixed(programs):
    """Every node of ours finds its whole chain, and so does one of each other kind; nobody takes one for another."""
    with contextlib.ExitStack() as stack:
        bootnode = stack.enter_context(Discoverer(programs.opwiredisc))
        members = {chain: [] for chain in (*CHAINS, 0)}
        for kind, counts in SHARES.items():
            for chain, count in zip(members, counts):
                flags = ["--bootnodes", bootnode.enr, *(["--chain", str(chain)] if chain else [])]
                program = getattr(programs, f"{kind}disc")
                members[chain] += [(kind, stack.enter_context(Discoverer(program, *flags))) for _ in range(count)]
        records = {chain: {node.enr for _, node in nodes} for chain, nodes in members.items()}
        time.sleep(SETTLE)
        walkers = [(kind, chain, node) for chain in CHAINS for kind, node in chosen(members[chain])]
        all_find(records, [walker for walker in walkers if walker[0] != "js"])
        all_find(records, [walker for walker in walkers if walker[0] == "js"])  # last: they leave nobody a core


def chosen(nodes):
    """All of ours, and the first of each other kind."""
    seen = set()
    for kind, node in nodes:
        if kind == "opwire" or kind not in seen:
            seen.add(kind)
            yield kind, node


def all_find(records, walkers):
    with concurrent.futures.ThreadPoolExecutor(len(walkers)) as pool:
        for done in [pool.submit(find_chain, records, *walker) for walker in walkers]:
            done.result()


def find_chain(records, kind, chain, node):
    wanted, found = records[chain] - {node.enr}, set()
    deadline = time.monotonic() + PATIENCE
    while len(wanted - found) > MISSING.get(kind, 0):
        expect_true(time.monotonic() < deadline, f"{kind} on {chain} finds {len(wanted & found)} of {len(wanted)}")
        seconds = LONG_WALK if kind == "js" else WALK
        found |= set(node.ask("random_walk", "walk", seconds + 20, seconds=seconds, chain=chain)["enrs"])
        expect(found - records[chain], set(), f"what {kind} takes for nodes of chain {chain}")
