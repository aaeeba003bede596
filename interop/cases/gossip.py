"""gossip between opwirepeer and one peer of each other implementation: each version of gossipsub, and floodsub;
messages without authors and signed ones; small and large messages, both ways."""

import contextlib

from harness.peer import Listener
from harness.report import expect

TOPIC = "/opwire/interop/gossip"
OP_IDS = "--op-ids"
MESSAGES = ((20, 2 << 10), (20, 128 << 10), (4, 3 << 19))  # how many, and their size
# What gopeer is started with, and the protocol that it then speaks with us.
SPOKEN = {
    "1.0": (["--gossip-version", "1.0"], "/meshsub/1.0.0"),
    "1.1": (["--gossip-version", "1.1"], "/meshsub/1.1.0"),
    "1.2": (["--gossip-version", "1.2"], "/meshsub/1.2.0"),
    "all up to 1.3": ([], "/meshsub/1.2.0"),  # of its versions we speak 1.2
    "floodsub": (["--router", "floodsub"], "/floodsub/1.0.0"),
}


def add(cases, programs):
    for version, (flags, protocol) in SPOKEN.items():
        _add_both_ways(cases, programs, f"go {version}", programs.gopeer, [OP_IDS, *flags], protocol)
    others = {"old go": programs.old_gopeer, "rust": programs.rustpeer, "js": programs.jspeer}
    for name, program in others.items():
        _add_both_ways(cases, programs, name, program, [OP_IDS], "/meshsub/1.2.0")
    for name, program in {"go": programs.gopeer, **others}.items():
        _add_both_ways(cases, programs, f"{name}, signed", program, [], "/meshsub/1.2.0")
    cases.add("gossip: the mesh heals when a peer leaves", lambda: heal(programs))


def _add_both_ways(cases, programs, name, program, flags, protocol):
    for they_dial in (False, True):
        way = "they dial" if they_dial else "opwire dials"
        cases.add(f"gossip: {name}, {way}", lambda d=they_dial: exchange(programs, program, flags, protocol, d))


def listen(program, *flags, to=()):
    """A peer of the topic that is connected to others."""
    connect = ["--connect", ",".join(other.address for other in to)] if to else []
    return Listener([program, "listen", "--gossip", TOPIC, *flags, *connect])


def wait_for_mesh(one, other, change="graft"):
    one.event("mesh", peer=other.id, change=change)
    other.event("mesh", peer=one.id, change=change)


@contextlib.contextmanager
def _pair(programs, program, flags, they_dial):
    """The peer and ours, connected."""
    ours_flags = [flag for flag in flags if flag == OP_IDS]
    if they_dial:
        with listen(programs.opwirepeer, *ours_flags) as ours, listen(program, *flags, to=[ours]) as theirs:
            yield theirs, ours
    else:
        with listen(program, *flags) as theirs, listen(programs.opwirepeer, *ours_flags, to=[theirs]) as ours:
            yield theirs, ours


def exchange(programs, program, flags, protocol, they_dial):
    with _pair(programs, program, flags, they_dial) as (theirs, ours):
        expect(theirs.event("peer", change="added")["protocol"], protocol, "protocol")
        wait_for_mesh(theirs, ours, "join" if protocol.startswith("/floodsub") else "graft")
        for count, size in MESSAGES:
            transfer(ours, theirs, count, size, signed=OP_IDS not in flags)
            transfer(theirs, ours, count, size, signed=OP_IDS not in flags)


def transfer(sender, receiver, count, size, *, signed=False):
    sender.send(cmd="publish", count=count, size=size, interval_ms=2)
    sent = [line["sha256"] for line in sender.events("published", count)]
    sender.event("publish_done")
    got = receiver.events("message", count)
    expect({line["from_peer"] for line in got}, {sender.id}, "sender")
    expect({line.get("author") for line in got}, {sender.id if signed else None}, "author")
    expect(sorted(line["sha256"] for line in got), sorted(sent), "messages")


def heal(programs):
    """A line go - opwire - go: what one end publishes reaches the other, also after a third peer came and went."""
    with listen(programs.opwirepeer, OP_IDS) as middle:
        with listen(programs.gopeer, OP_IDS, to=[middle]) as left:
            with listen(programs.gopeer, OP_IDS, to=[middle]) as right:
                for end in (left, right):
                    end.event("mesh", peer=middle.id, change="graft")
                with listen(programs.gopeer, OP_IDS, to=[middle]) as guest:
                    guest.event("mesh", peer=middle.id, change="graft")
                _across(left, middle, right)
                _across(right, middle, left)


def _across(sender, middle, receiver):
    sender.send(cmd="publish", count=10, size=4096, interval_ms=2)
    sent = [line["sha256"] for line in sender.events("published", 10)]
    got = receiver.events("message", 10)
    expect({line["from_peer"] for line in got}, {middle.id}, "who passed it on")
    expect(sorted(line["sha256"] for line in got), sorted(sent), "messages")
    middle.events("message", 10)
