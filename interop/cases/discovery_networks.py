"""Networks of nodes of all discovery libraries, on two chains and on none, around one bootnode of ours."""

import concurrent.futures
import contextlib
import time

from harness.peer import Discoverer
from harness.report import expect, expect_true

CHAINS = (10, 8453)
# How many of each kind are on the first chain, on the second, and without a chain.
SHARES = {"opwire": (9, 9, 2), "geth": (7, 7, 1), "sigp": (4, 4, 2), "js": (2, 2, 1)}
TOTAL = sum(map(sum, SHARES.values()))
SETTLE = 8  # seconds: newcomers are checked ten a second by ours, one in three seconds by go-ethereum's
WALK = 3
PATIENCE = 40


def add(cases, programs):
    cases.add(f"discv5: {TOTAL} nodes of all kinds, two chains", lambda: mixed(programs))


def mixed(programs):
    with contextlib.ExitStack() as stack:
        bootnode = stack.enter_context(Discoverer(programs.opwiredisc))
        members = {chain: [] for chain in (*CHAINS, 0)}
        for kind, counts in SHARES.items():
            for chain, count in zip(members, counts):
                for _ in range(count):
                    flags = ["--bootnodes", bootnode.enr, *(["--chain", str(chain)] if chain else [])]
                    node = stack.enter_context(Discoverer(getattr(programs, f"{kind}disc"), *flags))
                    members[chain].append((kind, node))
        records = {chain: {node.enr for _, node in nodes} for chain, nodes in members.items()}
        time.sleep(SETTLE)
        walkers = [(kind, chain, node) for chain in CHAINS for kind, node in members[chain]]
        with concurrent.futures.ThreadPoolExecutor(len(walkers)) as pool:
            list(pool.map(lambda walker: finds_all(*walker, records), walkers))


def finds_all(kind, chain, node, records):
    """Every other node of its chain, and none of another."""
    wanted = records[chain] - {node.enr}
    deadline = time.monotonic() + PATIENCE
    found = set()
    while not wanted <= found:
        expect_true(time.monotonic() < deadline, f"{kind} on {chain} finds {len(wanted & found)} of {len(wanted)}")
        found |= set(node.ask("random_walk", "walk", WALK + 20, seconds=WALK, chain=chain)["enrs"])
        expect(found - records[chain], set(), f"what {kind} takes for nodes of chain {chain}")
