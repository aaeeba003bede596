"""Who is banned stays banned when opwire starts again, after a stop as after kill -9."""

import contextlib
import pathlib
import re
import tempfile
import time

from cases.opnode import KEY, SIGNATURE, rollup_file
from cases.siege import TOPIC, Attacker, Opwire
from cases.siege_forge import snappy
from cases.siege_sync import publish
from cases.siege_wire import GRAFT, SUBSCRIBE, field
from harness.peer import Listener
from harness.report import expect, expect_true, wait_until

PRUNE = field(3, field(4, field(1, TOPIC.encode()) + field(3, 60)))
# All at once: who is below the graylist's score is not heard any more.
GRAFTS = field(3, 20 * field(3, field(1, TOPIC.encode())))
LOW = r"score -\d+.* is below -100"
STRIKES = "3 invalid blocks within 600 s, the last: .*"
WRITTEN = 10  # seconds until what changed in the books is on the disk


def add(cases, programs):
    cases.add("siege: bans and scores outlive a stop and kill -9", lambda: restarts(programs))


def restarts(programs):
    """Killed, it has lost what it learned in the last ten seconds at most; stopped, nothing."""
    with contextlib.ExitStack() as stack:
        rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        books = ("--p2p.peerstore.path", folder / "peers")
        ours = Opwire(programs, rollup, folder, *books)
        stack.callback(ours.kill)
        port = ("--p2p.listen.tcp", ours.address.split("/")[4])
        attacker = stack.enter_context(Attacker(programs, ours.address))

        with pair(programs, rollup, ours) as (op_node, _):
            strike(attacker, "striker", op_node)
        expect_banned(ours, attacker, "striker", STRIKES)
        time.sleep(WRITTEN + 1)
        ours.kill()

        with Opwire(programs, rollup, folder, *books, *port) as ours:
            expect(ours.logged(r"what is known of peers .*bans=(\d+)"), "1", "bans that were read")
            expect_banned(ours, attacker, "striker", STRIKES)
            attacker.start("wire.rpcs", "grafter", rpcs=[rpc.hex() for rpc in (SUBSCRIBE + GRAFT, PRUNE, GRAFTS)])
            with pair(programs, rollup, ours) as op_nodes:
                expect_service(*op_nodes)
            expect(attacker.finished("grafter")["lost"], True, "the connection of a banned peer is lost")
            expect_banned(ours, attacker, "grafter", LOW)

        with Opwire(programs, rollup, folder, *books, *port) as ours:
            expect(ours.logged(r"what is known of peers .*bans=(\d+)"), "2", "bans that were read")
            expect_true(int(ours.logged(r"what is known of peers .*scores=(\d+)")) > 0, "no scores were read")
            expect_banned(ours, attacker, "striker", STRIKES)
            expect_banned(ours, attacker, "grafter", LOW)
            with pair(programs, rollup, ours) as op_nodes:
                expect_service(*op_nodes)


@contextlib.contextmanager
def pair(programs, rollup, ours):
    """Two new op-nodes with opwire between them."""
    command = [programs.opnodepeer, "--rollup-config", rollup, "--sequencer-key", KEY, "--static", ours.address]
    with Listener(command) as one, Listener(command) as other:
        wait_until(lambda: ours.call("opwire_status")["mesh"][TOPIC] >= 2, "the mesh")
        time.sleep(1)
        yield one, other


def strike(attacker, name, op_node):
    """Three blocks that nobody has signed."""
    built = [op_node.ask("build", "built", version=4, txs=4, tx_size=500)["plain"] for _ in range(3)]
    wrong = [bytes(SIGNATURE) + bytes.fromhex(plain)[SIGNATURE:] for plain in built]
    attacker.start("wire.rpcs", name, rpcs=[message(snappy(plain)).hex() for plain in wrong])
    expect(attacker.finished(name)["lost"], True, "the connection of a banned peer is lost")


def message(data):
    return field(2, field(2, data) + field(4, TOPIC.encode()))


def expect_banned(ours, attacker, name, reason):
    """By its reason; and it is turned away as soon as it is known who it is."""
    found = ours.ban_of(attacker.id(name))
    expect_true(found and re.fullmatch(reason, found["reason"]), f"the ban of {name}: {found}, expected {reason}")
    told = attacker.attack("wire.knock", name)
    expect_true(told["came"] == "secured" and told["seconds"] < 1, f"{name} knocks: {told}")


def expect_service(one, other):
    """Blocks go from one op-node to the other through opwire."""
    sent = {block["hash"] for block in publish(one, 3)}
    expect({other.event("accepted", 5)["hash"] for _ in sent}, sent, "blocks that came through")
