"""Attacks with blocks: invalid ones, two truths at one height, bombs, and blocks out of time.

What is written at the end of each is the state that the attacker is left in, as opwire's RPC tells it."""

import time

from cases.opnode import SIGNATURE
from cases.siege import TOPIC
from cases.siege_forge import (
    ASIDE, STRIKES, certain, expect_refused, expect_turned_away, fresh, refused, send, siege, snappy, varint)
from harness.report import expect, expect_true, wait_until


def add(cases, programs):
    def case(name, run):
        cases.add(f"siege: {name}", lambda: run(programs))

    case("invalid blocks that are a ban, one identity per reason", certain_blocks)
    case("blocks that are refused and no ban, one identity per reason", spared_blocks)
    case("blocks of another signer while the sequencer is silent", other_signer)
    case("--p2p.ban.invalid-blocks=false: nobody is banned for a block", without_strikes)
    case("seven blocks at one height", equivocation)
    case("bombs of snappy and of SSZ", bombs)
    case("blocks out of time, signed by the sequencer", out_of_time)


def certain_blocks(programs):
    with siege(programs) as it:
        for reason, make in certain(it.forge).items():
            it.attacker.id(reason)
            send(it, reason, [snappy(make()) for _ in range(STRIKES - 1)])
            expect_refused(it, reason, STRIKES - 1)
            it.expect_end_state(reason, connected=True)
            it.await_blocks(1)  # for the other signer's: the chain's own is there
            send(it, reason, [snappy(make())])
            expect_refused(it, reason, STRIKES)
            text = {"crypto.bad_signature": "signature", "block.wrong_signer": "signed by another key",
                    "payload.too_short": "payload is shorter", "payload.block_hash": "block hash"}[reason]
            it.expect_end_state(reason, banned=f"3 invalid blocks within 600 s, the last: .*{text}.*")
            it.attacker.await_lost(reason)
        for reason in certain(it.forge):
            expect_turned_away(it, reason)
        expect(len(it.ours.call("opwire_bans")), 4, "bans")


def spared(forge):
    """By reason: one message each time. Honest peers' clocks and configurations may differ, or it costs nothing."""
    now = int(time.time())
    return {
        "codec.snappy_header": lambda: b"\xff" * 11 + fresh(),
        "codec.snappy_too_large": lambda: varint((10 << 20) + 1) + fresh(),
        "codec.snappy_corrupt": lambda: varint(1000) + fresh(),
        "block.message_too_short": lambda: snappy(fresh()),
        "block.too_old": lambda: snappy(forge.block(timestamp=now - 120)),
        "block.too_new": lambda: snappy(forge.block(timestamp=now + 60)),
        "block.withdrawals": lambda: snappy(forge.signed(forge.block()[SIGNATURE:] + bytes(44))),
        "block.blob_gas_used": lambda: snappy(forge.block(blob_gas_used=131072)),
        "block.excess_blob_gas": lambda: snappy(forge.block(excess_blob=131072)),
    }


def spared_blocks(programs):
    count = 2 * STRIKES
    with siege(programs) as it:
        for reason, make in spared(it.forge).items():
            send(it, reason, [make() for _ in range(count)])
        for reason in spared(it.forge):
            expect_refused(it, reason, count)
            it.expect_end_state(reason, connected=True)
            expect(it.ours.score(it.attacker.id(reason))["total"], 0, f"score of who sent {reason}")
        expect(it.ours.call("opwire_bans"), [], "bans")


def other_signer(programs):
    """Everybody is of the wrong signer when the key was changed and we have not heard of it. So as long as nobody is
    of the right one, nobody is banned for it."""
    with siege(programs) as it:
        make = certain(it.forge)["block.wrong_signer"]
        it.sequencer.silent = True
        time.sleep(1)  # what it has sent arrives
        send(it, "eve", [snappy(make()) for _ in range(2 * STRIKES)])
        expect_refused(it, "block.wrong_signer", 2 * STRIKES)
        it.expect_end_state("eve", connected=True)
        it.sequencer.silent = False
        it.await_blocks(3)
        it.expect_end_state("eve", connected=True)
        send(it, "eve", [snappy(make())])
        it.expect_end_state("eve", banned="3 invalid blocks within 600 s, the last: signed by another key.*")


def without_strikes(programs):
    with siege(programs, "--p2p.ban.invalid-blocks=false") as it:
        for reason, make in certain(it.forge).items():
            send(it, reason, [snappy(make()) for _ in range(2 * STRIKES)])
            expect_refused(it, reason, 2 * STRIKES)
            it.expect_end_state(reason, connected=True)
            expect(it.ours.score(it.attacker.id(reason))["total"], 0, f"score of who sent {reason}")
        expect(it.ours.call("opwire_bans"), [], "bans")


def equivocation(programs):
    """Six blocks of a height are passed on, as op-node passes them on; all are evidence, and nobody is to blame."""
    with siege(programs) as it:
        before = it.ours.metric("opwire_blocks_total", verdict="accepted")
        send(it, "twin", [snappy(it.forge.block(number=ASIDE)) for _ in range(6)], interval_ms=50)
        wait_until(lambda: it.ours.metric("opwire_equivocations_total") == 5, "six blocks at one height")
        expect(refused(it, "block.too_many_at_height"), 0, "refused of the six")
        send(it, "twin", [snappy(it.forge.block(number=ASIDE)) for _ in range(STRIKES + 1)])
        expect_refused(it, "block.too_many_at_height", STRIKES + 1)
        told = it.ours.call("opwire_equivocations")
        expect((told["total"], [height["number"] for height in told["heights"]]), (9, [ASIDE]), "evidence")
        blocks = told["heights"][0]["blocks"]
        expect(len({block["payloadHash"] for block in blocks}), 10, "blocks of the height, the refused ones too")
        expect({block["from"] for block in blocks}, {it.attacker.id("twin")}, "who sent them")
        for follower in it.followers:
            at_height = [follower.event("accepted", number=ASIDE) for _ in range(6)]
            expect(len({block["hash"] for block in at_height}), 6, "what op-node accepted of the height")
        expect_true(it.ours.metric("opwire_blocks_total", verdict="accepted") > before + 6, "accepted blocks")
        it.expect_end_state("twin", connected=True)
        expect(it.ours.score(it.attacker.id("twin"))["total"], 0, "score of the twin")


# Of a V4 message's SSZ: where the lie is, the number there, and what op-node's decoder would say.
ROOT = 32
LIES = (
    ("payload.extra_data_offset", ROOT + 436, 0xFFFFFFFF),
    ("payload.transactions_offset", ROOT + 504, 0),
    ("payload.transactions_out_of_scope", ROOT + 504, 0xFFFFFF00),
    ("payload.withdrawals_offset", ROOT + 508, 560),
    ("payload.withdrawals_out_of_scope", ROOT + 508, 0xFFFFFFFF),
    ("payload.first_transaction_out_of_scope", ROOT + 560 + 9, 0xFFFFFFFC),
    ("payload.first_transaction_misaligned", ROOT + 560 + 9, 17),
    ("payload.transaction_offsets_decrease", ROOT + 560 + 9 + 8, 1),
    ("payload.transaction_out_of_scope", ROOT + 560 + 9 + 12, 0xFFFFFFFF),
)
BOMBERS = 20


def bombs(programs):
    """Little on the wire, much in memory: refused before anything is allocated, or held while it is checked and no
    longer. SSZ whose offsets lie is refused where the lie is, whoever has signed it."""
    # Each bomb costs some 50 ms of a core, and all come at once. What waits for them arrives in one burst, of which
    # op-node's subscription holds 32 and drops the rest: so there are fewer blocks than that within the delay.
    with siege(programs, ceiling=220, delay=8, interval=0.4) as it:
        send(it, "declares 4 GiB", [varint((4 << 30) - 1) + fresh() for _ in range(BOMBERS)])
        expect_refused(it, "codec.snappy_too_large", BOMBERS)
        it.expect_end_state("declares 4 GiB", connected=True)
        expect_bombs_to_pass(it, [f"bomber {number}" for number in range(BOMBERS)])
        for reason, position, number in LIES:
            ssz = it.forge.block()[SIGNATURE:]
            lie = it.forge.signed(ssz[:position] + number.to_bytes(4, "little") + ssz[position + 4:])
            send(it, reason, [snappy(lie)])
            expect_refused(it, reason, 1)
            it.expect_end_state(reason, connected=True)
        expect_many_transactions(it)


def expect_bombs_to_pass(it, names):
    """All at once, two of each, so that nobody comes to three: 10 MiB apiece, of half a megabyte on the wire."""
    bombs = [[zeros((10 << 20) - 8).hex() for _ in range(STRIKES - 1)] for _ in names]
    for name in names:
        it.attacker.dial(name)
    for name, messages in zip(names, bombs):
        it.attacker.start("gossip.publish", name, topic=TOPIC, messages=messages)
    for name in names:
        told = it.attacker.finished(name, 40)
        expect_true(told["ok"], f"{name} was not heard: {told}")
    wait_until(lambda: defused(it) >= BOMBERS * (STRIKES - 1), "bombs that are refused or dropped", 40)
    for name in names:
        it.expect_end_state(name, connected=True)


def defused(it):
    """Refused, or dropped because too many of them were held at once."""
    return (refused(it, "crypto.bad_signature") + it.ours.metric("opwire_gossip_left_undone_total", reason="throttled")
            + it.ours.metric("opwire_blocks_total", verdict="ignored", reason="block.throttled"))


def expect_many_transactions(it):
    """What a list may hold of empty transactions, and one more; signed, and signed by nobody."""
    most, by_nobody = 1 << 20, "block.wrong_signer"
    for count, by_key in ((most, "payload.block_hash"), (most + 1, "payload.too_many_transactions")):
        plain = it.forge.signed(with_transactions(it.forge.block()[SIGNATURE:], count))
        before = refused(it, by_nobody)
        send(it, by_key, [snappy(plain)])
        expect_refused(it, by_key, 1)
        unsigned = [it.forge.block()[:SIGNATURE] + plain[SIGNATURE:] for _ in range(STRIKES - 1)]
        send(it, f"{count} of nobody", [snappy(message) for message in unsigned])
        expect_refused(it, by_nobody, before + STRIKES - 1)
        it.expect_end_state(by_key, connected=True)


def with_transactions(ssz, count):
    """Instead of those that it has: empty ones, whose offsets are all that there is of them."""
    begin = ROOT + 560 + 9
    offsets = (4 * count).to_bytes(4, "little") * count
    end = (560 + 9 + 4 * count).to_bytes(4, "little")  # where the withdrawals begin
    return ssz[:ROOT + 508] + end + ssz[ROOT + 512:begin] + offsets


def zeros(size):
    """The snappy block of eight bytes that are fresh, and as many zeros, in a twentieth of their size."""
    longest, rest = divmod(size - 1, 64)
    out = varint(size + 8) + bytes([7 << 2]) + fresh() + bytes([0, 0]) + bytes([63 << 2 | 2, 1, 0]) * longest
    return out + bytes([(rest - 1) << 2 | 2, 1, 0]) if rest else out


def out_of_time(programs):
    """They are refused and nobody is banned, for clocks differ. What they say of the time does not impress opwire,
    unless the sequencer goes on saying so: then its clock, or ours, is wrong indeed."""
    with siege(programs, block_time=1) as it:
        clock = lambda: it.ours.call("opwire_status")["clock"]
        wait_until(lambda: clock()["state"] == "good", "an opinion of the clock", 20)
        now = int(time.time())
        old, new = "block.too_old", "block.too_new"
        refusals = ((old, now - 120), (old, 1), (new, now + 60), (new, (1 << 64) - 1))
        for reason, timestamp in refusals:
            before = refused(it, reason)
            send(it, f"{reason} {timestamp}", [snappy(it.forge.block(timestamp=timestamp)) for _ in range(2 * STRIKES)])
            expect_refused(it, reason, before + 2 * STRIKES)
        expect_steady(it, clock())
        send(it, "late", [snappy(it.forge.block(timestamp=now - 30)) for _ in range(2 * STRIKES)])
        it.await_blocks(3)
        expect_steady(it, clock())
        for _ in range(4):
            send(it, "again", [snappy(it.forge.block(timestamp=int(time.time()) + 60))])
            time.sleep(1)
        expect(clock()["state"], "behind", "the clock, when block after block comes before its time")
        expect_true(-61_000 < clock()["skewMs"] < -55_000, f"by how much: {clock()}")
        expect(it.ours.call("opwire_bans"), [], "bans")
        for name in ("late", "again", *(f"{reason} {timestamp}" for reason, timestamp in refusals)):
            it.expect_end_state(name, connected=True)
            expect(it.ours.score(it.attacker.id(name))["total"], 0, f"score of {name}")


def expect_steady(it, clock):
    expect(clock["state"], "good", "the clock")
    expect_true(0 <= clock["skewMs"] < 1500, f"by how much: {clock}")
