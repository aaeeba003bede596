"""Attacks through gossip that need no block: floods of control messages, identities that come again to be forgiven, and
many of them at one address."""

import contextlib
import socket
import time

from cases.siege import TOPIC
from cases.siege_forge import (
    STRIKES, certain, expect_refused, expect_turned_away, fresh, refused, send, siege, snappy, varint)
from harness.peer import Absent
from harness.report import expect, expect_true, wait_until


def add(cases, programs):
    def case(name, run):
        cases.add(f"siege: {name}", lambda: run(programs))

    case("floods of IHAVE, IWANT, GRAFT, IDONTWANT, topics and lengths", floods)
    case("who comes again is who it was", coming_again)
    case("twelve identities of one address", sybils)


def floods(programs):
    """Each from an identity of its own, all at once. Only what op-node's scoring blames is blamed."""
    quick = {"rpcs": 800, "interval_ms": 2}
    attacks = {
        "ihave": ("gossip.ihave", {**quick, "ids": 100}),
        "graft": ("gossip.graft", quick),
        "iwant of what there is": ("gossip.iwant", {**quick, "ids": 20, "known": True}),
        "iwant of what is not": ("gossip.iwant", {**quick, "ids": 1000}),
        "idontwant": ("gossip.idontwant", {**quick, "ids": 1000}),
        "topics": ("gossip.subscribe", {**quick, "ids": 100}),
        "lengths": ("gossip.declare", {"rpcs": 20, "interval_ms": 50, "bytes": (10 << 20) + 1}),
    }
    with siege(programs) as it:
        for name in attacks:
            it.attacker.attack("gossip.join", name, topic=TOPIC)
        it.attacker.attack("gossip.prune", "graft", topic=TOPIC)  # a GRAFT is too early for an hour
        for name, (attack, fields) in attacks.items():
            it.attacker.start(attack, name, topic=TOPIC, **fields)
        expect_graylisted(it, "graft")
        for name, (_, fields) in attacks.items():
            told = it.attacker.finished(name)
            expect_true(told["ok"] and told["sent"] == fields["rpcs"], f"{name}: {told}")
        expect_unblamed(it, [name for name in attacks if name not in ("ihave", "graft")])
        expect_answered(it)
        expect_banned_for_promises(it)


def unheeded(it):
    """RPCs of who has too low a score."""
    return it.ours.metric("opwire_gossip_left_undone_total", reason="graylisted")


def expect_graylisted(it, name):
    """Five GRAFTs count twice each; after those nothing of it is heeded, and its score recovers with time."""
    wait_until(lambda: it.ours.score(it.attacker.id(name))["total"] < -100, f"the score of {name}")
    wait_until(lambda: unheeded(it) > 500, "RPCs left unheeded")
    score = it.ours.score(it.attacker.id(name))
    expect_true(8 < score["behavioralPenalty"] <= 10, f"the behaviour of {name}: {score}")
    heard = it.attacker.attack("gossip.heard", name)
    expect_true(1 <= heard["prunes"] <= 6, f"answers to 800 GRAFTs: {heard}")


def expect_unblamed(it, names):
    """What they do costs opwire little, and them nothing: as with op-node they stay, even in the mesh."""
    for name in names:
        it.expect_end_state(name, connected=True)
        expect(it.ours.score(it.attacker.id(name))["total"], 0, f"score of {name}")
    topics = it.ours.call("opp2p_peerStats")
    expect(topics["blocksTopicV4"], len(it.op_nodes) + 7, "subscribers of the topic")
    expect(topics["blocksTopic"], len(it.op_nodes), "subscribers of V1's")


def expect_answered(it):
    """A message goes to one peer at most three times, for 16,000 questions; who asks for what is not there gets
    nothing; and 80,000 ids that are told of are asked for up to 5,000 in half a second."""
    asked, lost = (it.attacker.attack("gossip.heard", f"iwant of what {what}") for what in ("there is", "is not"))
    blocks = it.sequencer.asked
    expect_true(lost["messages"] <= blocks < asked["messages"] <= 4 * blocks, f"{blocks} blocks; {asked}, {lost}")
    ihave = it.attacker.attack("gossip.heard", "ihave")
    expect_true(0 < ihave["iwant_ids"] <= 5000 * 14, f"asked of who tells of messages that are not: {ihave}")


def expect_banned_for_promises(it):
    """Told of and not sent: blamed three seconds later, seen by the next look at the scores (every 15 s), and banned
    when the peer has its turn, of which there is one a second."""
    broken = lambda: it.ours.metric("opwire_gossip_left_undone_total", reason="broken_promises")
    wait_until(lambda: broken() >= 20, "broken promises")
    it.expect_end_state("ihave", banned=r"score -\d{3,5}(\.\d+)? is below -100", within=40)
    it.attacker.await_lost("ihave")
    expect_turned_away(it, "ihave")


def coming_again(programs):
    """A peer that hangs up keeps what it has done: its strikes, its score, which does not even recover while it is
    away, the back-off in which it may not be grafted, the messages that it told of and did not send, and its ban."""
    with siege(programs) as it:
        strikes_stay(it)
        score_stays(it)
        backoff_stays(it)
        promises_stay(it)


def again(it, name):
    it.attacker.hang_up(name)
    wait_until(lambda: not it.ours.connected(it.attacker.id(name)), f"{name} is gone")
    it.attacker.attack("gossip.join", name, topic=TOPIC)


def behaviour(it, name):
    return it.ours.score(it.attacker.id(name))["behavioralPenalty"]


def strikes_stay(it):
    make = certain(it.forge)["payload.block_hash"]
    for number in range(1, STRIKES):
        send(it, "strikes", [snappy(make())])
        expect_refused(it, "payload.block_hash", number)
        again(it, "strikes")
    send(it, "strikes", [snappy(make())])
    it.expect_end_state("strikes", banned="3 invalid blocks within 600 s, .*")
    for ip in ("127.0.0.1", "127.0.0.77"):
        it.attacker.dial("strikes", ip=ip)
        expect_turned_away(it, "strikes")


def score_stays(it):
    it.attacker.attack("gossip.join", "score", topic=TOPIC)
    it.attacker.attack("gossip.prune", "score", topic=TOPIC)
    it.attacker.start("gossip.graft", "score", topic=TOPIC, rpcs=1000, interval_ms=10)
    wait_until(lambda: behaviour(it, "score") > 9, "a score that takes a while to recover")
    it.attacker.stop("score")
    for _ in range(3):
        again(it, "score")
    before = behaviour(it, "score")
    it.attacker.hang_up("score")
    time.sleep(2.5)  # in which it would recover if it stayed
    expect(behaviour(it, "score"), before, "behaviour of who is away")
    before = unheeded(it)
    refused_before = refused(it, "codec.snappy_corrupt")
    it.attacker.attack("gossip.graft", "score", topic=TOPIC, rpcs=5)
    send(it, "score", [varint(1000) + fresh()])
    wait_until(lambda: unheeded(it) == before + 6, "six RPCs unheeded")
    expect(refused(it, "codec.snappy_corrupt"), refused_before, "messages of it that are looked at")
    expect_true(it.ours.score(it.attacker.id("score"))["total"] < -40, "the score of who came again")


def backoff_stays(it):
    it.attacker.attack("gossip.join", "backoff", topic=TOPIC)
    it.attacker.attack("gossip.prune", "backoff", topic=TOPIC)
    again(it, "backoff")
    before = it.attacker.attack("gossip.heard", "backoff")["prunes"]
    it.attacker.attack("gossip.graft", "backoff", topic=TOPIC)
    wait_until(lambda: it.attacker.attack("gossip.heard", "backoff")["prunes"] == before + 1, "the PRUNE for a GRAFT")
    expect_true(1 < behaviour(it, "backoff") <= 2, "what a GRAFT costs that comes too early")
    it.expect_end_state("backoff", connected=True)


def promises_stay(it):
    it.attacker.attack("gossip.join", "promises", topic=TOPIC)
    it.attacker.attack("gossip.ihave", "promises", topic=TOPIC, ids=10, rpcs=8)
    asked = lambda: it.attacker.attack("gossip.heard", "promises")["iwant_ids"]
    wait_until(lambda: asked() == 80, "what it told of is asked for")
    again(it, "promises")
    wait_until(lambda: behaviour(it, "promises") > 5, "it is blamed for what it did not send", 6)


def sybils(programs):
    """A ninth connection from one address is not let in, as go-libp2p does it. Who has gone still counts, for as long
    as its score is remembered: of twelve that came in turn each pays for two above ten, 35 times two squared, which is
    a ban at the next look. Loopback knows neither limit. op-node beside it does and says the same."""
    address = address_of_this_machine()
    with siege(programs) as it:
        theirs, ours = theirs_of(it), ours_of(it)
        let_in = {"theirs": crowd_comes(it, "theirs", it.followers[0].address, theirs, address),
                  "ours": crowd_comes(it, "ours", it.address, ours, address)}
        expect_scores(ours, let_in["ours"], 4, -140)
        expect_seen_to_pay(theirs, let_in["theirs"])


def crowd_comes(it, side, to, scores, address):
    """Who is there at the end: the four that pay for the eight that are gone."""
    loop, crowd = [[f"{side} {kind} {number}" for number in range(12)] for kind in ("loop", "crowd")]

    def come(names, ip, let_in):
        expect([it.attacker.dial(name, to=to, ip=ip) for name in names], let_in, f"let in of {names} from {ip}")
        came = [name for name, ok in zip(names, let_in) if ok]
        for name in came:  # a peer counts from when there is a stream to it
            wait_until(lambda: it.attacker.attack("gossip.heard", name)["subscriptions"] == 4, f"a stream to {name}")
        return came

    expect_scores(scores, come(loop, "127.0.0.9", [True] * 12), 0, 0)
    first = come(crowd[:9], address, [True] * 8 + [False])
    expect_scores(scores, first, 0, 0)
    for name in first:
        it.attacker.hang_up(name)
    wait_until(lambda: not any(scores(name) for name in first), "the first eight are gone")
    return come(crowd[8:], address, [True] * 4)


def expect_scores(scores, names, factor, total):
    def found():
        return [(score["IPColocationFactor"], score["total"]) for score in map(scores, names) if score]

    wanted = [(factor, total)] * len(names)
    wait_until(lambda: found() == wanted, f"IPColocationFactor and total {wanted[0]} of {names[0]} and others")


def expect_seen_to_pay(scores, names):
    """op-node tells a score as of its last look, 15 s ago at the most, after which it bans one peer a second: who is gone
    when we ask was banned."""
    def pays():
        found = [score and (score["IPColocationFactor"], score["total"]) for score in map(scores, names)]
        return any(found) and all(score in (None, (4, -140)) for score in found)

    wait_until(pays, "op-node's score of the four", 25)


def ours_of(it):
    return lambda name: it.ours.score(it.attacker.id(name)) if it.ours.connected(it.attacker.id(name)) else None


def theirs_of(it):
    def score(name):
        found = it.followers[0].ask("mesh", "mesh")["peers"]["peers"].get(it.attacker.id(name))
        return found and found["scores"]["gossip"]

    return score


def address_of_this_machine():
    """One that is not loopback, to dial loopback from: nothing leaves the machine for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        with contextlib.suppress(OSError):
            probe.connect(("192.0.2.1", 9))
        found = probe.getsockname()[0]
    if found.startswith("127.") or found == "0.0.0.0":
        raise Absent("address beside loopback")
    return found
