"""gopeer and opwirepeer, each dialling the other: connections, identify, ping, bulk, many streams, keys, muxers."""

import contextlib

from harness.peer import Listener, Process, run_dial
from harness.report import expect, expect_true

BULK = 256 << 20
STREAMS, AT_ONCE = 1000, 48
GO_KEYS = ("secp256k1", "ed25519", "ecdsa", "rsa")
OUR_KEYS = ("secp256k1", "ed25519", "ecdsa")  # RSA is only verified
NAMES = {"secp256k1": "Secp256k1", "ed25519": "Ed25519", "ecdsa": "ECDSA", "rsa": "RSA"}
SERVED = ("/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/perf/1.0.0",
          "/opwire/echo/1.0.0", "/opwire/sink/1.0.0", "/opwire/source/1.0.0")


class Side:
    """One implementation as dialler or listener."""

    def __init__(self, name, program, agent, protocol_version):
        self.name, self.program, self.agent, self.protocol_version = name, program, agent, protocol_version

    def listen(self, *flags):
        return Listener([self.program, "listen", *flags])

    def dial(self, listener, *words):
        return run_dial([self.program, "dial", listener.address, *map(str, words)])


def add(cases, programs):
    go = Side("go", programs.gopeer, "opwire-gopeer", "opwire/interop/1.0.0")
    ours = Side("opwire", programs.opwirepeer, "opwire-opwirepeer", "")
    for dialler, listener in ((ours, go), (go, ours)):
        way = f"{dialler.name} -> {listener.name}"
        for name, run in (("identify", identify), ("ping", ping), ("256 MiB up", bulk_up), ("256 MiB down", bulk_down),
                          ("1,000 streams, 48 at once", streams), ("perf", perf), ("set-ups", setups), ("idle", idle)):
            cases.add(f"libp2p: {way}: {name}", _bind(run, dialler, listener))
    for theirs in GO_KEYS:
        for own in OUR_KEYS:
            if theirs == own or "rsa" in (theirs, own) or "secp256k1" in (theirs, own):
                cases.add(f"keys: opwire {own}, go {theirs}", _bind(keys, ours, go, own, theirs))
    for early in (True, False):
        word = "within noise" if early else "after noise"
        cases.add(f"muxer agreed on {word}: opwire -> go", _bind(muxer_dialled, ours, go, early))
        cases.add(f"muxer agreed on {word}: go -> opwire", _bind(muxer_accepted, ours, go, early))


def _bind(run, *arguments):
    return lambda: run(*arguments)


def identify(dialler, listener):
    with listener.listen() as peer:
        learned = dialler.dial(peer, "identify")
    expect(learned["id"], peer.id, "id")
    expect(learned["agent"], listener.agent, "agent")
    expect(learned["protocol_version"], listener.protocol_version, "protocol version")
    expect(learned["key_type"], "Secp256k1", "key type")
    expect(learned["security"], "/noise", "security")
    expect(learned["muxer"], "/yamux/1.0.0", "muxer")
    expect(learned["signed_record"], True, "signed record")
    expect([a for a in learned["addrs"] if "127.0.0.1" in a], [peer.address.split("/p2p/")[0]], "addresses")
    missing = set(SERVED) - set(learned["protocols"])
    expect(missing, set(), "protocols that are not told")
    expect_true(learned.get("observed", "").startswith("/ip4/127.0.0.1/tcp/"), f"observed: {learned.get('observed')}")


def ping(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "ping", 100)
    expect(result["count"], 100, "pings")


def bulk_up(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "bulk", "up", BULK)
        theirs = peer.event("sink")
    expect((theirs["bytes"], theirs["sha256"]), (BULK, result["sha256"]), "what the listener received")


def bulk_down(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "bulk", "down", BULK)
        theirs = peer.event("source")
    expect((theirs["bytes"], theirs["sha256"]), (BULK, result["sha256"]), "what the listener sent")


def streams(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "streams", STREAMS, AT_ONCE)
        expect(result["streams"], STREAMS, "streams")
        expect(peer.ask("stats", "stats")["streams"], 0, "streams that the listener still holds")


def perf(dialler, listener):
    with listener.listen() as peer:
        for way in ("up", "down"):
            expect(dialler.dial(peer, "perf", way, 32 << 20)["bytes"], 32 << 20, "bytes")
        expect(dialler.dial(peer, "perf", "latency", 100)["count"], 100, "round trips")


def setups(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "perf", "setups", 200, "--in-flight", 8)
    expect(result["count"], 200, "set-ups")


def idle(dialler, listener):
    with listener.listen() as peer, Process([dialler.program, "dial", peer.address, "idle", "50"]) as many:
        many.event("idle", timeout=30)
        expect(peer.ask("stats", "stats")["connections"], 50, "connections")
        with contextlib.suppress(BrokenPipeError):
            many.child.stdin.close()
        expect(many.event("result")["ok"], True, "outcome")


def keys(ours, go, own, theirs):
    with go.listen("--key-type", theirs) as peer:
        expect(ours.dial(peer, "identify", "--key-type", own)["key_type"], NAMES[theirs], "key type of go")
    with ours.listen("--key-type", own) as peer:
        expect(go.dial(peer, "identify", "--key-type", theirs)["key_type"], NAMES[own], "key type of opwire")


def muxer_dialled(ours, go, early):
    flags = [] if early else ["--no-early-muxer"]
    with go.listen(*flags) as peer, Process([ours.program, "dial", peer.address, "idle", "1"]) as one:
        one.event("idle")
        _expect_muxer(peer.ask("connections", "connections"), early)


def muxer_accepted(ours, go, early):
    flags = [] if early else ["--no-early-muxer"]
    with ours.listen() as peer, go.listen("--connect", peer.address, *flags) as dialler:
        dialler.event("connected")
        _expect_muxer(dialler.ask("connections", "connections"), early)
        expect(peer.ask("connections", "connections")["connections"][0]["muxer"], "/yamux/1.0.0", "muxer")


def _expect_muxer(answer, early):
    expect([(c["muxer"], c["early_muxer"]) for c in answer["connections"]], [("/yamux/1.0.0", early)],
           "muxer, and whether it was agreed on early")
