"""gossip in networks of all implementations: every message arrives everywhere, and nobody loses score."""

import contextlib
import time

from cases.gossip import OP_IDS, listen, wait_for_mesh
from harness.report import expect, expect_true, wait_until

EACH = 180  # messages of each of six peers: more than a thousand
SIZE = 2 << 10
FAMILY_PEERS = 6  # of each family: from twelve peers on, our mesh is trimmed to six, and the other six hear gossip
FAMILY_MESSAGES = 10  # of each sender
PATIENCE = 5  # seconds: broken promises are found after 3, rust tells no ids before its first heartbeat after 5

PEERS = ("opwirepeer", "gopeer", "jspeer", "opwirepeer", "rustpeer", "old_gopeer")
# Whom each dials, of those before it: a ring. Two of ours part it, and what one part says the other hears from ours.
RING = ((), (0,), (1,), (2,), (3,), (4, 0))
# js-libp2p hands a signed message on to its author too, who takes that for a forgery: there it has one neighbour only.
RING_BESIDE_JS = ((), (0,), (), (1, 2), (3,), (4, 0))


def add(cases, programs):
    total = f"{len(PEERS) * EACH:,}"
    cases.add(f"gossip: {total} messages in a ring of all", lambda: ring(programs, RING, [OP_IDS]))
    cases.add(f"gossip: {total} messages in a ring of all, signed", lambda: ring(programs, RING_BESIDE_JS, []))
    cases.add("gossip: both families of message ids around opwire", lambda: families(programs))
    cases.add("gossip: a refused message shows in every peer's scores", lambda: refused(programs))


def ring(programs, dials, flags):
    with contextlib.ExitStack() as stack:
        peers = []
        for name, others in zip(PEERS, dials):
            to = [peers[other] for other in others]
            peers.append(stack.enter_context(listen(getattr(programs, name), *flags, to=to)))
        for peer, others in zip(peers, dials):
            for other in others:
                wait_for_mesh(peer, peers[other])
        published = publish_all(peers, EACH, interval_ms=30)
        expect_everywhere(peers, published)
        expect_scores(peers)


def families(programs):
    """go's ids cover the topic, rust's do not: each is spoken to in its own ids, or it would take us for a liar."""
    with contextlib.ExitStack() as stack:
        hub = stack.enter_context(listen(programs.opwirepeer, OP_IDS))
        with_topic = line(stack, hub, programs.gopeer, OP_IDS)
        plain = line(stack, hub, programs.rustpeer, OP_IDS, "--id-family", "plain")
        outside = {hub.event("mesh", change="prune")["peer"] for _ in range(FAMILY_PEERS)}
        senders, everyone = (hub, with_topic[0], plain[0]), (hub, *with_topic, *plain)
        expect_everywhere(everyone, publish_all(senders, FAMILY_MESSAGES, interval_ms=200))
        time.sleep(PATIENCE)
        seen = hub.ask("families", "families")["families"]
        for peers, family in ((with_topic, "ours"), (plain, "alias")):
            for peer in peers:  # those in our mesh may have had no reason to name a message
                may_be = {family} if peer.id in outside else {family, "unknown"}
                expect_true(seen[peer.id] in may_be, f"the ids of a {peer.name} are {seen[peer.id]} for opwire")
        expect_scores(everyone)


def line(stack, hub, program, *flags):
    """Peers of one family, each connected to the hub and to the next. The hub dials the first, which its mesh keeps."""
    peers = [stack.enter_context(listen(program, *flags))]
    hub.ask("connect", "connected", addr=peers[0].address)
    while len(peers) < FAMILY_PEERS:
        peers.append(stack.enter_context(listen(program, *flags, to=[hub, peers[-1]])))
    return peers


def refused(programs):
    """Scores that never fell prove something only where they can fall: here we sign what may not be signed."""
    for name in sorted(set(PEERS)):
        with listen(programs.opwirepeer) as ours, listen(getattr(programs, name), OP_IDS, to=[ours]) as peer:
            wait_for_mesh(peer, ours)
            publish_all([ours], 1, interval_ms=0)
            wait_until(lambda p=peer, us=ours.id: p.ask("scores", "scores")["scores"].get(us, 0) < -80,
                       f"{name}'s low score")


def publish_all(peers, count, interval_ms):
    """All at the same time; what each has sent, by its id."""
    for peer in peers:
        peer.send(cmd="publish", count=count, size=SIZE, interval_ms=interval_ms)
    return {peer.id: [line["sha256"] for line in peer.events("published", count)] for peer in peers}


def expect_everywhere(peers, published):
    for peer in peers:
        wanted = sorted(digest for sender, sent in published.items() if sender != peer.id for digest in sent)
        got = sorted(line["sha256"] for line in peer.events("message", len(wanted)))
        expect_true(got == wanted, f"{peer.name} got {len(set(got) & set(wanted))} of {len(wanted)} messages")


def expect_scores(peers):
    """Nobody holds anything against anybody."""
    names = {peer.id: f"{peer.name} {index}" for index, peer in enumerate(peers)}
    for peer in peers:
        scores = peer.ask("scores", "scores")["scores"]
        bad = {names.get(other, other): score for other, score in scores.items() if score < 0}
        expect(bad, {}, f"scores below zero of {names[peer.id]}")
        expect_true(scores, f"{names[peer.id]} has scored nobody")
