"""gossip between gopeer and opwirepeer: each version of gossipsub, and floodsub, small and large messages, both ways."""

import contextlib
import time

from harness.peer import Listener
from harness.report import expect, expect_true

TOPIC = "/opwire/interop/gossip"
MESSAGES = ((20, 2 << 10), (20, 128 << 10))  # how many, and their size
# What gopeer is started with, and the protocol that it then speaks with us.
SPOKEN = {
    "1.0": (["--gossip-version", "1.0"], "/meshsub/1.0.0"),
    "1.1": (["--gossip-version", "1.1"], "/meshsub/1.1.0"),
    "1.2": (["--gossip-version", "1.2"], "/meshsub/1.2.0"),
    "all up to 1.3": ([], "/meshsub/1.2.0"),  # of its versions we speak 1.2
    "floodsub": (["--router", "floodsub"], "/floodsub/1.0.0"),
}


def add(cases, programs):
    for version in SPOKEN:
        for go_dials in (False, True):
            way = "go dials" if go_dials else "opwire dials"
            cases.add(f"gossip: {version}, {way}", lambda v=version, d=go_dials: exchange(programs, v, d))
    cases.add("gossip: the mesh heals when a peer leaves", lambda: heal(programs))


def _listen(program, *flags, to=None):
    connect = ["--connect", to.address] if to else []
    return Listener([program, "listen", "--op-ids", "--gossip", TOPIC, *flags, *connect])


@contextlib.contextmanager
def _pair(programs, go_flags, go_dials):
    """Both, connected."""
    if go_dials:
        with _listen(programs.opwirepeer) as ours, _listen(programs.gopeer, *go_flags, to=ours) as go:
            yield go, ours
    else:
        with _listen(programs.gopeer, *go_flags) as go, _listen(programs.opwirepeer, to=go) as ours:
            yield go, ours


def exchange(programs, version, go_dials):
    flags, protocol = SPOKEN[version]
    mesh = version != "floodsub"
    with _pair(programs, flags, go_dials) as (go, ours):
        expect(go.event("peer", change="added")["protocol"], protocol, "protocol")
        go.event("mesh", peer=ours.id, change="graft" if mesh else "join")
        wait_for_mesh(ours, go.id, "mesh" if mesh else "subscribed")
        for count, size in MESSAGES:
            transfer(ours, go, count, size)
            transfer(go, ours, count, size)


def wait_for_mesh(ours, peer, where="mesh", timeout=10):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if peer in ours.ask("mesh", "mesh")["topics"].get(TOPIC, {}).get(where, []):
            return
        time.sleep(0.05)
    expect_true(False, f"{peer} is not {where} of opwirepeer after {timeout} s")


def transfer(sender, receiver, count, size):
    sender.send(cmd="publish", count=count, size=size, interval_ms=2)
    sent = [line["sha256"] for line in sender.events("published", count)]
    sender.event("publish_done")
    got = receiver.events("message", count)
    expect({line["from_peer"] for line in got}, {sender.id}, "sender")
    expect(sorted(line["sha256"] for line in got), sorted(sent), "messages")


def heal(programs):
    """A line go - opwire - go: what one end publishes reaches the other, also after a third peer came and went."""
    with _listen(programs.opwirepeer) as middle:
        with _listen(programs.gopeer, to=middle) as left:
            with _listen(programs.gopeer, to=middle) as right:
                for end in (left, right):
                    end.event("mesh", peer=middle.id, change="graft")
                with _listen(programs.gopeer, to=middle) as guest:
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
