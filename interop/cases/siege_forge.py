"""What attacks through gossip have in common: an op-node that forges blocks, and messages made by hand."""

import contextlib
import time

from cases.opnode import KEY, SIGNATURE
from cases.siege import TOPIC, stage
from harness.peer import Listener
from harness.report import expect, wait_until

STRIKES = 3  # invalid blocks within ten minutes that are a ban
ASIDE = 1_000_000  # heights that the sequencer does not come to


class Forge:
    """An op-node that knows nobody and has the sequencer's key."""

    def __init__(self, programs, rollup, stack):
        command = [programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY]
        self.op_node = stack.enter_context(Listener(command))
        self.number = ASIDE

    def block(self, number=None, **fields):
        """The message of a block at that height, or at one of its own: plain, so that it can be spoilt."""
        self.number += 1
        fields["number"] = number or self.number
        built = self.op_node.ask("build", "built", version=4, txs=4, tx_size=500, **fields)
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


def changed_last(plain):
    return plain[:-1] + bytes([plain[-1] ^ 1])


def certain(forge):
    """What no honest peer passes on, by reason: one message each time that it is called."""
    return {
        "crypto.bad_signature": lambda: with_signature(forge.block(), no_such_key),
        "block.wrong_signer": lambda: changed_last(forge.block()),
        "payload.too_short": lambda: forge.signed(forge.block()[SIGNATURE:SIGNATURE + 200]),
        "payload.block_hash": lambda: forge.resigned(forge.block(), 32 + 60, 1),
    }


def expect_turned_away(it, name):
    """It comes back as who it was: it is let go after the handshake, which tells who it is."""
    it.attacker.dial(name)
    time.sleep(0.3)
    wait_until(lambda: not it.ours.connected(it.attacker.id(name)), f"{name} is turned away")


_fresh = iter(range(1 << 40, 1 << 41))


def fresh():
    """Bytes that were not sent before: a repetition would not be looked at."""
    return next(_fresh).to_bytes(8, "little")
