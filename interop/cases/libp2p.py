"""opwirepeer and a peer of each other implementation, each dialling the other: connections, identify, ping, bulk, many
streams; with gopeer also keys and muxers."""

import contextlib

from harness.peer import Listener, Process, run_dial
from harness.report import expect, expect_true

MIB = 1 << 20
GO_KEYS = ("secp256k1", "ed25519", "ecdsa", "rsa")
OUR_KEYS = ("secp256k1", "ed25519", "ecdsa")  # RSA is only verified
NAMES = {"secp256k1": "Secp256k1", "ed25519": "Ed25519", "ecdsa": "ECDSA", "rsa": "RSA"}
SERVED = ("/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/perf/1.0.0",
          "/opwire/echo/1.0.0", "/opwire/sink/1.0.0", "/opwire/source/1.0.0")


class Side:
    """One implementation as dialler or listener, and what it can be asked for in the time of a case."""

    def __init__(self, name, program, *, protocol_version="opwire/interop/1.0.0", same_record=True, bulk=64 * MIB,
                 streams=1000, at_once=48, setups=200, holds=True):
        self.name, self.program, self.agent = name, program, f"opwire-{program.stem}"
        self.protocol_version, self.same_record = protocol_version, same_record
        self.bulk, self.streams, self.at_once, self.setups = bulk, streams, at_once, setups
        self.holds = holds  # it has the test idle

    def listen(self, *flags):
        return Listener([self.program, "listen", *flags])

    def dial(self, listener, *words):
        return run_dial([self.program, "dial", listener.address, *map(str, words)])


def add(cases, programs):
    ours = Side("opwire", programs.opwirepeer, protocol_version="")
    go = Side("go", programs.gopeer, bulk=256 * MIB)
    old_go = Side("old go", programs.old_gopeer)
    # Its peer records are signed for another domain, so neither side takes the other's.
    rust = Side("rust", programs.rustpeer, same_record=False)
    js = Side("js", programs.jspeer, protocol_version="ipfs/0.1.0", bulk=16 * MIB, streams=300, at_once=32, setups=30,
              holds=False)
    for theirs in (go, old_go, rust, js):
        for dialler, listener in ((ours, theirs), (theirs, ours)):
            _add_pair(cases, theirs, dialler, listener)
    _add_keys(cases, ours, go, rust, js)
    _add_muxers(cases, ours, go)


def _add_pair(cases, theirs, dialler, listener):
    way = f"libp2p: {dialler.name} -> {listener.name}"
    cases.add(f"{way}: identify", lambda: identify(dialler, listener, theirs))
    cases.add(f"{way}: ping", lambda: ping(dialler, listener))
    cases.add(f"{way}: {theirs.bulk // MIB} MiB up", lambda: bulk(dialler, listener, "up", theirs.bulk))
    cases.add(f"{way}: {theirs.bulk // MIB} MiB down", lambda: bulk(dialler, listener, "down", theirs.bulk))
    cases.add(f"{way}: {theirs.streams:,} streams, {theirs.at_once} at once",
              lambda: streams(dialler, listener, theirs))
    cases.add(f"{way}: perf", lambda: perf(dialler, listener))
    cases.add(f"{way}: set-ups", lambda: setups(dialler, listener, theirs.setups))
    if dialler.holds:
        cases.add(f"{way}: idle", lambda: idle(dialler, listener))


def _add_keys(cases, ours, go, rust, js):
    for theirs in GO_KEYS:
        for own in OUR_KEYS:
            if theirs == own or "rsa" in (theirs, own) or "secp256k1" in (theirs, own):
                cases.add(f"keys: opwire {own}, go {theirs}", _bind(keys, ours, go, own, theirs))
    for other, kinds in ((rust, OUR_KEYS), (js, ("secp256k1", "ed25519"))):
        for kind in kinds:
            cases.add(f"keys: opwire {kind}, {other.name} {kind}", _bind(keys, ours, other, kind, kind))


def _add_muxers(cases, ours, go):
    for early in (True, False):
        word = "within noise" if early else "after noise"
        cases.add(f"muxer agreed on {word}: opwire -> go", _bind(muxer_dialled, ours, go, early))
        cases.add(f"muxer agreed on {word}: go -> opwire", _bind(muxer_accepted, ours, go, early))


def _bind(run, *arguments):
    return lambda: run(*arguments)


def identify(dialler, listener, theirs):
    with listener.listen() as peer:
        learned = dialler.dial(peer, "identify")
    expect(learned["id"], peer.id, "id")
    expect(learned["agent"], listener.agent, "agent")
    expect(learned["protocol_version"], listener.protocol_version, "protocol version")
    expect(learned["key_type"], "Secp256k1", "key type")
    expect(learned["security"], "/noise", "security")
    expect(learned["muxer"], "/yamux/1.0.0", "muxer")
    expect(learned["signed_record"], theirs.same_record, "signed record")
    expect([a for a in learned["addrs"] if "127.0.0.1" in a], [peer.address.split("/p2p/")[0]], "addresses")
    missing = set(SERVED) - set(learned["protocols"])
    expect(missing, set(), "protocols that are not told")
    expect_true(learned.get("observed", "").startswith("/ip4/127.0.0.1/tcp/"), f"observed: {learned.get('observed')}")


def ping(dialler, listener):
    with listener.listen() as peer:
        result = dialler.dial(peer, "ping", 100)
    expect(result["count"], 100, "pings")


def bulk(dialler, listener, way, size):
    with listener.listen() as peer:
        result = dialler.dial(peer, "bulk", way, size)
        other = peer.event("sink" if way == "up" else "source")
    expect((other["bytes"], other["sha256"]), (size, result["sha256"]), "what the listener received or sent")


def streams(dialler, listener, theirs):
    with listener.listen() as peer:
        result = dialler.dial(peer, "streams", theirs.streams, theirs.at_once)
        expect(result["streams"], theirs.streams, "streams")
        expect(peer.ask("stats", "stats")["streams"], 0, "streams that the listener still holds")


def perf(dialler, listener):
    with listener.listen() as peer:
        for way in ("up", "down"):
            expect(dialler.dial(peer, "perf", way, 32 << 20)["bytes"], 32 << 20, "bytes")
        expect(dialler.dial(peer, "perf", "latency", 100)["count"], 100, "round trips")


def setups(dialler, listener, count):
    with listener.listen() as peer:
        result = dialler.dial(peer, "perf", "setups", count, "--in-flight", 8)
    expect(result["count"], count, "set-ups")


def idle(dialler, listener):
    with listener.listen() as peer, Process([dialler.program, "dial", peer.address, "idle", "50"]) as many:
        many.event("idle", timeout=30)
        expect(peer.ask("stats", "stats")["connections"], 50, "connections")
        with contextlib.suppress(BrokenPipeError):
            many.child.stdin.close()
        expect(many.event("result")["ok"], True, "outcome")


def keys(ours, other, own, theirs):
    with other.listen("--key-type", theirs) as peer:
        expect(ours.dial(peer, "identify", "--key-type", own)["key_type"], NAMES[theirs], "key type of the other")
    with ours.listen("--key-type", own) as peer:
        expect(other.dial(peer, "identify", "--key-type", theirs)["key_type"], NAMES[own], "key type of opwire")


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
