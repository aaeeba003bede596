"""Attacks through gossip: invalid blocks, two truths at one height, floods of control messages, bombs, blocks out of
time, many identities of one address, and identities that come again to be forgiven.

What is written at the end of each is the state that the attacker is left in, as opwire's RPC tells it."""

import contextlib
import time

from cases.opnode import KEY, SIGNATURE
from cases.siege import TOPIC, stage
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

STRIKES = 3  # invalid blocks within ten minutes that are a ban
ASIDE = 1_000_000  # heights that the sequencer does not come to
TIMESTAMP = SIGNATURE + 32 + 404  # of a V4 message: signature, beacon root, the fixed fields before it


def add(cases, programs):
    def case(name, run):
        cases.add(f"siege: {name}", lambda: run(programs))

    case("invalid blocks that are a ban, one identity per reason", certain_blocks)
    case("blocks that are refused and no ban, one identity per reason", spared_blocks)
    case("blocks of another signer while the sequencer is silent", other_signer)
    case("--p2p.ban.invalid-blocks=false: nobody is banned for a block", without_strikes)
    case("seven blocks at one height", equivocation)


class Forge:
    """An op-node that knows nobody and has the sequencer's key."""

    def __init__(self, programs, rollup, stack):
        self.op_node = stack.enter_context(Listener([programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY]))
        self.number = ASIDE

    def block(self, number=None, **fields):
        """The message of a block at that height, or at one of its own: plain, so that it can be spoilt."""
        self.number += 1
        built = self.op_node.ask("build", "built", version=4, txs=4, tx_size=500, number=number or self.number, **fields)
        return bytes.fromhex(built["plain"])

    def signed(self, ssz):
        return bytes.fromhex(self.op_node.ask("sign", "signed", plain=ssz.hex())["plain"])

    def resigned(self, plain, position, value):
        """With another byte at that position of the SSZ, and a signature over it."""
        ssz = bytearray(plain[SIGNATURE:])
        ssz[position] ^= value
        return self.signed(bytes(ssz))


@contextlib.contextmanager
def siege(programs, *flags, **options):
    """The stage, and a forge beside it."""
    with contextlib.ExitStack() as stack:
        it = stack.enter_context(stage(programs, *flags, **options))
        it.forge = Forge(programs, it.rollup, stack)
        yield it


def snappy(plain):
    """As a block of nothing but literals."""
    out = bytearray(varint(len(plain)))
    for start in range(0, len(plain), 1 << 16):
        part = plain[start:start + (1 << 16)]
        out += bytes([61 << 2]) + (len(part) - 1).to_bytes(2, "little") + part
    return bytes(out)


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def send(it, name, messages, must=True, **fields):
    """Each in an RPC of its own."""
    return it.attacker.attack("gossip.publish", name, must=must, topic=TOPIC,
                              messages=[message.hex() for message in messages], **fields)


def refused(it, reason):
    return it.ours.metric("opwire_blocks_total", verdict="rejected", reason=reason)


def expect_refused(it, reason, count):
    wait_until(lambda: refused(it, reason) >= count, f"{count} blocks refused for {reason}")
    time.sleep(0.1)
    expect(refused(it, reason), count, f"blocks refused for {reason}")


def with_signature(plain, change):
    return bytes(change(bytearray(plain[:SIGNATURE]))) + plain[SIGNATURE:]


def no_such_key(signature):
    signature[64] = 29  # only 0 to 3 are
    return signature


def certain(forge):
    """What no honest peer passes on, by reason: one message each time that it is called."""
    return {
        "crypto.bad_signature": lambda: with_signature(forge.block(), no_such_key),
        "block.wrong_signer": lambda: forge.block()[:-1] + b"\0",
        "payload.too_short": lambda: forge.signed(forge.block()[SIGNATURE:SIGNATURE + 200]),
        "payload.block_hash": lambda: forge.resigned(forge.block(), 32 + 60, 1),
    }


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


def expect_turned_away(it, name):
    """It comes back as who it was: it is let go after the handshake, which tells who it is."""
    it.attacker.dial(name)
    wait_until(lambda: not it.ours.connected(it.attacker.id(name)), f"{name} is turned away")


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


_fresh = iter(range(1 << 40, 1 << 41))


def fresh():
    """Bytes that were not sent before: a repetition would not be looked at."""
    return next(_fresh).to_bytes(8, "little")


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
