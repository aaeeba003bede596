"""op-geth driven by opwire's client of the Engine API: built, executed, refused and served blocks, and an engine that goes
away."""

import contextlib
import subprocess
import time

from harness.engine import genesis_time, running_engine
from harness.peer import PeerFailed, Process, present
from harness.report import expect, expect_true, wait_until

BLOCKS = 20
FORKS = ("regolith", "canyon", "ecotone", "holocene", "isthmus", "jovian")
VERSION = {"regolith": 1, "canyon": 2, "ecotone": 3, "holocene": 3, "isthmus": 4, "jovian": 4}


def add(cases, programs):
    for fork in FORKS:
        cases.add(f"engine: {BLOCKS} blocks built and executed by op-geth, {fork}", lambda f=fork: follow(programs, f))
    cases.add(f"engine: {BLOCKS} blocks over WebSocket", lambda: follow(programs, "jovian", "ws"))
    cases.add("engine: blocks of 128 KiB", lambda: large(programs))
    cases.add("engine: what op-geth calls invalid, unknown and inconsistent", lambda: refused(programs))
    cases.add("engine: a token of another secret", lambda: wrong_token(programs))
    for scheme in ("http", "ws"):
        cases.add(f"engine: op-geth is restarted in the middle, {scheme}", lambda s=scheme: away(programs, s, kill=False))
        cases.add(f"engine: op-geth is killed in the middle, {scheme}", lambda s=scheme: away(programs, s, kill=True))


class Driver:
    """op-geth, and opwireengine that drives it."""

    def __init__(self, programs, fork, scheme="http"):
        self.programs = programs
        self.chain = ["--fork", fork, "--time", genesis_time()]
        self.scheme = scheme

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.engine = stack.enter_context(running_engine(self.programs.opgeth, self.genesis_json()))
            self.peer = stack.enter_context(self.start_peer())
            self.genesis = self.peer.event("ready")["genesis"]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *problem):
        return self._stack.__exit__(*problem)

    def genesis_json(self):
        command = [present(self.programs.opwireengine), "genesis", *map(str, self.chain)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def start_peer(self, jwt=None):
        return Process([self.programs.opwireengine, "drive", *self.chain, "--engine", self.engine.url(self.scheme),
                        "--jwt", jwt or self.engine.jwt])

    def build(self, count, **fields):
        self.peer.send(cmd="build", count=count, **fields)
        blocks = self.peer.events("built", count)
        return blocks, self.peer.event("build_done")

    def heads(self):
        return self.peer.ask("heads", "heads")

    def refusal(self, command, **fields):
        """What is said to a command that must fail."""
        self.peer.send(cmd=command, **fields)
        try:
            self.peer.event("never", 20)
        except PeerFailed as refused:
            return str(refused)
        raise PeerFailed(f"{command} has not failed")


def follow(programs, fork, scheme="http"):
    with Driver(programs, fork, scheme) as driver:
        blocks, _ = driver.build(BLOCKS, txs=3, tx_size=500)
        expect([block["number"] for block in blocks], list(range(1, BLOCKS + 1)), "numbers")
        expect({block["version"] for block in blocks}, {VERSION[fork]}, "payload version")
        heads = driver.heads()
        expect((heads["latest"]["number"], heads["latest"]["hash"]), (BLOCKS, blocks[-1]["hash"]), "head")
        expect(heads["latest"]["sequence_number"], BLOCKS, "the head's sequence number")
        expect((heads["safe"]["number"], heads["finalized"]["number"]), (0, 0), "safe and finalized")
        for block in blocks:
            served = driver.peer.ask("payload", "payload", number=block["number"])
            expect((served["hash"], served["same"]), (block["hash"], True), f"block {block['number']} served back")
        expect_true("does not have this block" in driver.refusal("payload", number=BLOCKS + 1), "a block above the head")


def large(programs):
    with Driver(programs, "jovian") as driver:
        blocks, done = driver.build(BLOCKS, txs=10, tx_size=13_000)
        expect_true(all(block["bytes"] > 130_000 for block in blocks), "size")
        expect(driver.peer.ask("payload", "payload", number=BLOCKS)["same"], True, "the last block served back")
        expect_true(done["send"]["p50_us"] < 1_000_000, f"newPayload takes {done['send']}")


def refused(programs):
    with Driver(programs, "isthmus") as driver:
        blocks, _ = driver.build(3)
        said = driver.peer.ask("send", "status", number=3, change="hash")
        expect((said["status"], said.get("latest_valid")), ("INVALID", None), "a block with another hash")
        expect_true("blockhash mismatch" in said["error"], said["error"])
        expect(driver.peer.ask("send", "status", number=3)["status"], "VALID", "the block itself")
        expect(driver.peer.ask("choose", "status", head="0x" + "77" * 32)["status"], "SYNCING", "an unknown head")
        expect(driver.heads()["latest"]["hash"], blocks[-1]["hash"], "the head after that")
        said = driver.refusal("choose", head=blocks[-1]["hash"], safe="0x" + "77" * 32)
        expect_true("inconsistent" in said, f"an unknown safe block: {said}")
        driver.build(1)


def wrong_token(programs):
    for scheme in ("http", "ws"):
        with Driver(programs, "isthmus", scheme) as driver:
            other = driver.engine.folder / "other.hex"
            other.write_text("11" * 32)
            peer = driver.start_peer(other)
            try:
                peer.event("ready")
                raise PeerFailed("op-geth takes a wrong token")
            except PeerFailed as refused:
                expect_true("refuses our token" in str(refused), f"over {scheme}: {refused}")
            finally:
                peer.kill()
            made = driver.engine.folder / "made.hex"
            peer = driver.start_peer(made)  # makes the file
            wait_until(made.exists, "a new secret's file")
            peer.kill()
            expect(made.stat().st_mode & 0o777, 0o600, "its mode")


def away(programs, scheme, kill):
    with Driver(programs, "isthmus", scheme) as driver:
        blocks, _ = driver.build(BLOCKS // 2)
        driver.engine.kill() if kill else driver.engine.stop()
        expect_true("cannot be reached" in driver.refusal("heads"), "heads of an engine that is away")
        driver.engine.start()
        latest = wait_for_heads(driver)["latest"]
        if not kill:
            expect(latest["hash"], blocks[-1]["hash"], "the head after a restart")
        lost = len(blocks) - latest["number"]
        expect(driver.peer.ask("resend", "resent", **{"from": latest["number"] + 1})["count"], lost, "blocks sent again")
        blocks += driver.build(BLOCKS // 2)[0]
        expect(driver.heads()["latest"]["hash"], blocks[-1]["hash"], "head")
        for block in blocks:
            expect(driver.peer.ask("payload", "payload", number=block["number"])["same"], True, f"block {block['number']}")


def wait_for_heads(driver, timeout=10):
    """A client may rest for a while before it connects again."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return driver.heads()
        except PeerFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
