"""Attacks below gossip: peers that are slow, deaf or many, and floods of streams and of identify."""

import os
import time

from cases.opnode import SIGNER
from cases.siege import TOPIC, stage
from cases.siege_forge import varint
from harness.network import own_network
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

UPGRADE, NEGOTIATE, IDENTIFY, PING = 15, 10, 10, 10  # seconds: opwire's deadlines
SLACK = 5  # seconds that a deadline may be late
STAGES = {"multistream": UPGRADE, "noise_1": UPGRADE, "noise_3": UPGRADE, "muxer": UPGRADE, "yamux": PING}
BIG = {"txs": 100, "tx_size": 2500}  # a block of 250 KB: 67 of them fill the queue of a peer that does not read
BUSY = 5  # seconds that a block may take while the attacker needs all processors itself
SEEN = ("--log.level", "info,swarm=debug,gossipsub=debug,ping=debug")  # why connections end is in the log


def add(cases, programs):
    cases.add("siege: slow at each stage of the upgrade, and deaf afterwards", lambda: slow_and_deaf(programs))
    cases.add("siege: a thousand silent sockets, and a newcomer", lambda: silent_sockets(programs))
    cases.add("siege: ten thousand connections come and go", lambda: churn(programs))
    cases.add("siege: floods of streams and of identify", lambda: floods(programs))


def between(found, least, what):
    expect_true(least - 0.1 <= found <= least + SLACK, f"{what}: {found:.2f} s, expected {least} to {least + SLACK}")


def logged_of(it, name, error, timeout=5):
    """The log has this error of it. A library writes a line each ten seconds, so only one of a crowd is there."""
    return it.ours.logged(rf'(.* module=\S+ peer={it.attacker.id(name)} .*error="{error}.*)', timeout)


def field(number, value):
    """Of a protobuf: bytes with their length, or an integer below 128."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2]) + varint(len(value)) + value


SUBSCRIBE = field(1, field(1, 1) + field(2, TOPIC.encode()))
GRAFT = field(3, field(3, field(1, TOPIC.encode())))


# Slow, and deaf.

def slow_and_deaf(programs):
    """A byte now and then, or none: each stage has its deadline, and all run at the same time. Of those who are let in,
    one lets its stream of gossip fill, and one its socket."""
    with stage(programs, *SEEN, ceiling=112) as it:
        it.sequencer.block = BIG
        for at in STAGES:
            for drip in (0, 200):
                it.attacker.start("wire.loris", f"{at} {drip}", stage=at, drip_ms=drip)
        it.attacker.start("wire.identify_loris", "identify", drip_ms=100)
        for deaf in ("stream", "socket"):
            it.attacker.start("wire.rpcs", deaf, deaf=deaf, rpcs=[(SUBSCRIBE + GRAFT).hex()])
        began = time.monotonic()
        expect_true(it.attacker.dial("friend"), "a newcomer is let in")
        expect_true(time.monotonic() - began < UPGRADE / 3, "a newcomer did not have to wait")
        for at, seconds in STAGES.items():
            for drip in (0, 200):
                if (at, drip) == ("yamux", 200):
                    continue
                told = it.attacker.finished(f"{at} {drip}")
                expect_true(told["ok"], f"{at}: {told}")
                between(told["seconds"], seconds, f"{at}, a byte each {drip} ms")
        between(it.attacker.finished("identify")["seconds"], IDENTIFY, "identify")
        # Whoever speaks at all is there: a byte of a frame each 200 ms keeps a session, as a ping each 10 s does.
        it.attacker.send(cmd="stop", tag="yamux 200")
        expect(it.attacker.finished("yamux 200")["error"], "it was still open", "a slow session")
        told = it.attacker.finished("socket", 60)
        expect_true(told["lost"], f"the deaf socket: {told}")
        logged_of(it, "socket", "the peer stopped reading")
        for name in ("identify", "stream", "friend"):
            it.expect_end_state(name, connected=True)
        it.expect_end_state("socket", connected=False)
        expect(it.ours.score(it.attacker.id("stream"))["total"], 0, "score of the deaf stream")
        dropped = lambda: it.ours.metric("opwire_gossip_left_undone_total", reason="queue_full")
        wait_until(lambda: dropped() > 0, "messages for a deaf stream are dropped", 30)
        it.attacker.stop("stream")


# Many.

def silent_sockets(programs):
    """Loopback is free of limits, so they come from other addresses. A thousand of one address hold its eight places; a
    thousand of one network its 64. That leaves places in the upgrade for others."""
    with own_network("10.7.0.1/16"), stage(programs, "--p2p.listen.ip", "10.7.0.1", ceiling=64) as it:
        before = descriptors(it.ours)
        for name, hosts, most in (("address", 1, 8), ("network", 250, 64)):
            sources = [f"10.7.{100 + hosts % 7}.{host + 1}" for host in range(hosts)]
            it.attacker.start("wire.sockets", name, count=1000, **{"from": sources})
            time.sleep(1)
            began = time.monotonic()
            with newcomer(programs, it) as late:
                wait_until(lambda: it.ours.connected(late.id), f"a newcomer beside the sockets of one {name}", 5)
                took = time.monotonic() - began
            expect_true(it.attacker.dial(f"friend of {name}", ip="10.7.0.1"), "a go-libp2p peer is let in")
            print(f"    beside the sockets of one {name} an op-node was in {took:.1f} s after its start", flush=True)
            now = descriptors(it.ours)
            expect_true(now <= before + most + 4, f"{now} descriptors, {before} before")
            it.attacker.send(cmd="stop", tag=name)
            told = it.attacker.finished(name)
            expect(told["tried"], 1000, "sockets tried")
            expect_true(told["held"] <= most, f"sockets held: {told}")
            it.attacker.hang_up(f"friend of {name}")
        wait_until(lambda: descriptors(it.ours) <= before + 1, f"{before} descriptors again", UPGRADE + 5)


def newcomer(programs, it):
    """An op-node that finds its way by itself."""
    return Listener([programs.opnodepeer, "--rollup-config", it.rollup, "--static", it.address, "--signer", SIGNER])


def descriptors(ours):
    return len(os.listdir(f"/proc/{ours.child.pid}/fd"))


def churn(programs):
    """A quarter with noise and yamux, each of another identity, the others of TCP alone: all of them with handshakes
    take half a minute of two cores."""
    with stage(programs, ceiling=64, delay=BUSY) as it:
        it.attacker.attack("wire.churn", "few", count=200, workers=16)
        time.sleep(1)
        files, (memory, _) = descriptors(it.ours), it.ours.memory()
        it.attacker.start("wire.churn", "bare", count=7500, workers=8, bare=True)
        told = it.attacker.attack("wire.churn", "full", 150, count=2500, workers=16)
        bare = it.attacker.finished("bare", 150)
        print(f"    {told['seconds']:.1f} s with handshakes, {bare['seconds']:.1f} s without", flush=True)
        expect((told["failed"], bare["failed"]), (0, 0), "connections that were refused")
        wait_until(lambda: descriptors(it.ours) <= files, f"{files} descriptors again", 20)
        after, _ = it.ours.memory()
        expect_true(after <= memory + 16, f"memory: {memory} MiB before, {after} MiB after")
        expect_true(it.attacker.dial("friend"), "a newcomer is let in")
        expect(it.ours.call("opwire_bans"), [], "bans")


# Floods.

def floods(programs):
    """None of them costs others anything, and so nobody is banned for them; what breaks yamux costs the connection,
    what breaks identify the stream."""
    with stage(programs, *SEEN, ceiling=64, delay=BUSY) as it:
        attacker = it.attacker
        attacker.start("wire.hold", "hold", count=400, hold_ms=1000 * NEGOTIATE + 1500)

        told = attacker.attack("wire.deaf", "deaf")
        expect_true(told["seconds"] < 5, f"streams beyond all limits, unread: {told}")
        logged_of(it, "deaf", "the peer causes answers and does not read them")
        for name, hello in (("reset", False), ("hello", True)):
            told = attacker.attack("wire.rapid_reset", name, count=50_000, hello=hello)
            expect_true(not told["ended"], f"rapid resets: {told}")

        told = attacker.attack("wire.identify_flood", "asks", count=3000, workers=32)
        expect((told["broken"], told["lost"]), (0, False), f"questions who we are: {told}")
        told = attacker.attack("wire.identify_flood", "leaves", count=20_000, workers=32, deaf=True)
        expect(told["lost"], False, "lost")
        told = attacker.attack("wire.push_flood", "tells", count=1000, workers=16, parts=10, size=2800)
        expect((told["broken"], told["lost"]), (0, False), f"words who it is: {told}")
        known = it.ours.peer(attacker.id("tells"))
        expect_true(len(known["protocols"]) <= 1024 and len(known["addresses"]) <= 128,
                    f"{len(known['protocols'])} protocols and {len(known['addresses'])} addresses are kept")
        for parts in (10, 11):
            told = attacker.attack("wire.push_flood", f"tells in {parts}", count=1000, workers=16, parts=parts,
                                   size=8000)
            expect((told["broken"], told["lost"]), (1000, False), f"words beyond the limits: {told}")
        for parts in (10, 11, 100):
            told = attacker.attack("wire.identify_answer", f"answers in {parts}", parts=parts, size=8000)
            expect_true(not told["lost"], f"an answer beyond the limits: {told}")
            it.expect_end_state(f"answers in {parts}", connected=True)

        told = attacker.finished("hold")
        expect((told["reset_at_once"], told["acks"]), (400 - 256, 256), "silent streams beyond the limit, and within")
        expect_true(told["resets"] >= 400 and not told["ended"], f"silent streams after {NEGOTIATE} s: {told}")
        for name in ("asks", "leaves", "tells", "tells in 10", "tells in 11"):
            it.expect_end_state(name, connected=True)
            expect(it.ours.score(attacker.id(name))["total"], 0, f"score of {name}")
        for name in ("hold", "deaf", "reset", "hello"):
            it.expect_end_state(name, connected=False)
