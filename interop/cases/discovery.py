"""discv5 between opwiredisc and one node of each other library, each asking the other."""

import contextlib
import secrets

from harness.peer import Discoverer
from harness.report import expect, wait_until

KINDS = ("geth", "sigp", "js")
TALKS = (1, 900, 1100)  # bytes; beside the last no handshake has room
ROUNDS = 8
TABLE = 24  # nodes
PACKET = 1280  # bytes
CHAIN = 901


def add(cases, programs):
    for kind in KINDS:
        ours, theirs = programs.opwiredisc, getattr(programs, f"{kind}disc")
        for asker, answerer, way in ((ours, theirs, f"opwire -> {kind}"), (theirs, ours, f"{kind} -> opwire")):
            _add(cases, f"{way}: ping, the record itself", ping, asker, answerer)
            _add(cases, f"{way}: talk", talk, asker, answerer)
            _add(cases, f"{way}: either starts again", restart, asker, answerer)
        _add(cases, f"{kind} and opwire begin at the same moment", at_once, theirs, ours)
        _add(cases, f"{kind} and opwire: records and lookups among {TABLE} nodes", among_many, theirs, ours)


def _add(cases, name, run, *arguments):
    cases.add(f"discv5: {name}", lambda: run(*arguments))


def ping(asker, answerer):
    with Discoverer(asker) as one, Discoverer(answerer) as other:
        for _ in range(3):
            pong = one.ask("ping", "pong", enr=other.enr)
            expect((pong["ip"], pong["port"]), ("127.0.0.1", one.port), "where the asker is, as PONG tells it")
        expect(one.ask("findnode", "nodes", enr=other.enr, distances=[0])["enrs"], [other.enr], "at distance 0")


def talk(asker, answerer):
    """No library reads more than 1,280 bytes of a packet: what is answered came in such packets."""
    with Discoverer(answerer) as other:
        for first in TALKS:
            with Discoverer(asker) as one:
                # Theirs send the longest as it is, beside the handshake.
                theirs_fails = first == TALKS[-1] and one.name != "opwiredisc"
                for size in TALKS if theirs_fails else (first, *TALKS):
                    echo(one, other, size)
                unknown = one.ask("talk", "talk", enr=other.enr, protocol="no-such-protocol", hex="0102")
                expect(unknown["hex"], "", "answer of an unknown protocol")


def echo(one, other, size):
    message = secrets.token_bytes(size)
    answer = one.ask("talk", "talk", enr=other.enr, protocol="echo", hex=message.hex())
    expect(answer["hex"], message[::-1].hex(), f"echo of {size} bytes")


def restart(asker, answerer):
    """A node that has forgotten everything, at the same place: the first question is answered, whoever asks."""
    with Discoverer(asker, "--key", secrets.token_hex(32)) as one:
        key = "--key", secrets.token_hex(32)
        with Discoverer(answerer, *key) as other:
            port = other.port
            one.ask("ping", "pong", enr=other.enr)
        with Discoverer(answerer, *key, "--port", str(port)) as other:
            one.ask("ping", "pong", enr=other.enr)
        with Discoverer(answerer, *key, "--port", str(port)) as other:
            other.ask("ping", "pong", enr=one.enr)
            one.ask("ping", "pong", enr=other.enr)


def at_once(theirs, ours):
    """Among themselves geth's nodes fail here every third time, and ChainSafe's always: they keep one session of two."""
    for _ in range(ROUNDS):
        with Discoverer(theirs) as one, Discoverer(ours) as other:
            pairs = (one, other.enr), (other, one.enr)
            for _ in range(2):
                for node, to in pairs:
                    node.send(cmd="ping", enr=to)
                for node, _ in pairs:
                    node.event("pong")


def among_many(theirs, ours):
    """Both know the same nodes, give them out in several packets, and find them."""
    with contextlib.ExitStack() as stack:
        hubs = [stack.enter_context(Discoverer(program)) for program in (theirs, ours)]
        flags = "--chain", str(CHAIN), "--bootnodes", ",".join(hub.enr for hub in hubs)
        nodes = [stack.enter_context(Discoverer(ours, *flags)) for _ in range(TABLE)]
        records = {node.enr for node in nodes}
        for asker, answerer in (hubs, hubs[::-1]):
            wait_until(lambda a=asker, b=answerer: gives_out(b, a, records), f"records by {answerer.name}", 60)
            wait_until(lambda a=asker: finds(a, nodes[0], records), f"a lookup of {asker.name} that finds all", 30)


def finds(asker, node, records):
    """Whether a lookup finds the nearest, and others. ChainSafe's lookups end with nodes that are not the nearest."""
    found = set(asker.ask("lookup", "lookup", target=near(node.id))["enrs"])
    return (node.enr in found or asker.name == "jsdisc") and len(records & found) >= 12


def near(node_id):
    """An id to which that node is nearest, but for its neighbour: sigp asks that for its own record among others, and
    takes the answer for an attack."""
    return node_id[:-4] + format(int(node_id[-4], 16) ^ 8, "x") + node_id[-3:]


def gives_out(answerer, asker, records):
    """Whether the answer has grown beyond one packet. sigp tells of its first packet alone."""
    told = asker.ask("findnode", "nodes", enr=answerer.enr, distances=[256, 255, 254])["enrs"]
    expect(len(told), len(set(told)), "records that are told, each once")
    strangers = set(told) - records - {asker.enr}
    expect(strangers, set(), "records that nobody has made")
    if answerer.name == "gethdisc":  # which puts three records into a packet, and checks a node in a second or two
        return len(told) > 3
    return sum(map(size_of, told)) > (PACKET if asker.name != "sigpdisc" else PACKET // 3)


def size_of(record):
    return (len(record) - len("enr:")) * 3 // 4
