"""op-node's RPC clients ask opwire run and an op-node P2P node in the same state the same, and both answer the same, but
for what is stated in docs/in-place-of-op-node.md."""

import contextlib
import json
import pathlib
import re
import urllib.request

from cases.opnode import KEY, SIGNER, rollup_file
from cases.program import Program, clean_environment, succeed
from harness.peer import Listener, PeerFailed, Process
from harness.report import expect, expect_true, wait_until

STRANGER = "16Uiu2HAmKiFuxVe34x5pPiyxgXANBQ9Kzzgmqi4gqAvtTp21WpEM"
LOOPBACK = {"IP": "127.0.0.0", "Mask": "/wAAAA=="}
NUMBERS = {"latency", "total", "timeInMesh", "firstMessageDeliveries", "meshMessageDeliveries", "behavioralPenalty"}
NOT_FOUND, BAD_PARAMS, FAILED, CRASHED = -32601, -32602, -32000, -32603


def add(cases, programs):
    cases.add("drop-in: every method by op-node's clients, as op-node answers", lambda: compare(programs))
    cases.add("drop-in: a static peer that is blocked stays away, as from op-node", lambda: block_static(programs))
    cases.add("drop-in: the same with discovery", lambda: compare_with_discovery(programs))


class Asked:
    """A node, and op-node's clients that ask it."""

    def __init__(self, programs, stack, url):
        self.url = url
        self.client = stack.enter_context(Process([programs.opnodeclient, "ask", "--rpc", url]))
        self.client.event("ready")

    def ask(self, method, *params, raw=False):
        self.client.send(cmd="raw" if raw else "call", method=method, params=params)
        answer = self.client.event("answer", 60)
        expect_true(raw or "error" in answer or answer["whole"],
                    f"{method}: {answer['result']} holds more or less than op-node's client: {answer.get('decoded')}")
        return answer.get("failure"), answer["result"]

    def result(self, method, *params):
        failure, result = self.ask(method, *params)
        expect(failure, None, f"the error of {method}")
        return result


class Nodes:
    """An op-node (theirs) and opwire run (ours), each with one peer, which is the same."""

    def __init__(self, programs, stack, our_flags=()):
        self.programs, self.stack = programs, stack
        self.rollup = stack.enter_context(rollup_file(programs, "--fork", "isthmus"))
        self.folder = pathlib.Path(self.rollup).parent
        self.asked = set()
        self.their_flags, self.our_flags = (), our_flags

    def op_node(self, *flags):
        return self.stack.enter_context(Listener(
            [self.programs.opnodepeer, "--rollup-config", self.rollup, "--sequencer-key", KEY, *flags]))

    def start(self, peer):
        self.reference = self.op_node("--rpc", "--static", peer.address, *self.their_flags)
        self.ours = self.stack.enter_context(Program(
            [self.programs.opwire, "run", "--rollup.config", self.rollup, "--p2p.unsafe.block.signer", SIGNER,
             "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--p2p.priv.path", self.folder / "key",
             "--p2p.peerstore.path", "memory", "--archive.path", "memory", "--rpc.port", 0, "--rpc.enable-admin",
             "--p2p.static", peer.address, *self.our_flags], env=clean_environment()))
        rpc = "http://" + self.ours.logged(r"RPC listens .*at=(\S+)")
        self.both = [Asked(self.programs, self.stack, url) for url in (self.reference.ready["rpc"], rpc)]
        self.names = [self.names_of(node) for node in self.both]
        for node in self.both:
            wait_until(lambda: node.result("opp2p_peerStats")["blocksTopicV4"] == 1, "the peer on its topic")

    def names_of(self, node):
        """What stands for the node itself in its answers."""
        me = node.result("opp2p_self")
        return {me["peerID"]: "SELF", me["nodeID"]: "NODE", me["addresses"][0]: "ADDRESS", me["ENR"] or "-": "RECORD"}

    def answers(self, method, *params, raw=False):
        """Of both, made comparable."""
        self.asked |= set() if raw else {method}
        both = [node.ask(method, *params, raw=raw) for node in self.both]
        return [(failure, comparable(result, names)) for (failure, result), names in zip(both, self.names)]

    def same(self, method, *params, raw=False):
        theirs, ours = self.answers(method, *params, raw=raw)
        expect(ours, theirs, f"{method} {json.dumps(params)}, where op-node answers the latter")
        return theirs

    def same_soon(self, method, *params):
        """What changes with the mesh's heartbeats, once it rests."""
        def equal():
            theirs, ours = self.answers(method, *params)
            return theirs == ours

        with contextlib.suppress(PeerFailed):  # then same() says what differs
            wait_until(equal, f"{method} the same", 5)
        return self.same(method, *params)

    def alike(self, method, *params, code, begins="", raw=True):
        """Errors of one code that begin with the same words."""
        for failure, _ in self.answers(method, *params, raw=raw):
            what = f"{method} {json.dumps(params)}: {failure}"
            expect_true(failure and failure["code"] == code and failure["message"].startswith(begins), what)

    def differ(self, method, *params, theirs, ours, raw=True):
        """A stated difference: a result, or the code and the beginning of an error, of each."""
        for (failure, result), wanted in zip(self.answers(method, *params, raw=raw), (theirs, ours)):
            found = (failure["code"], failure["message"][:len(wanted[1])]) if failure else result
            expect(found, wanted, f"{method} {json.dumps(params)}")


def comparable(value, names):
    if isinstance(value, dict):
        return {names.get(key, key): comparable_field(key, one, names) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((comparable(one, names) for one in value), key=json.dumps)  # Go's maps have no order
    return names.get(value, value) if isinstance(value, str) else value


def comparable_field(key, value, names):
    if key in NUMBERS:
        expect_true(type(value) in (int, float), f"{key} is {value}")
        return "a number"
    return comparable(value, names)


def compare(programs):
    with contextlib.ExitStack() as stack:
        nodes = Nodes(programs, stack, our_flags=("--p2p.no-discovery",))
        peer = nodes.op_node()
        nodes.start(peer)
        look(nodes, peer)
        act_on_peers(nodes, nodes.op_node())
        block(nodes)
        wrong_peers(nodes)
        wrong_addresses(nodes)
        ask_node(nodes)
        ask_admin(nodes)
        post_blocks(nodes, peer)
        serve_http(nodes)
        nodes.both[0].client.send(cmd="methods")
        expect(sorted(nodes.asked), nodes.both[0].client.event("methods")["methods"], "methods that were asked")
        expect(len([name for name in nodes.asked if name.startswith("opp2p_")]), 17, "methods of opp2p")


def expect_self(theirs, ours):
    """op-node knows neither its own agent nor its own protocols; we tell them."""
    expect((theirs["userAgent"], theirs["protocols"]), ("", None), "op-node of itself")
    expect_true(ours["userAgent"] == "optimism" and "/meshsub/1.2.0" in ours["protocols"], f"opwire of itself: {ours}")
    expect({**ours, "userAgent": "", "protocols": None}, theirs, "self")


def look(nodes, peer):
    (_, theirs), (_, ours) = nodes.answers("opp2p_self")
    expect_self(theirs, ours)
    nodes.same("opp2p_peerStats")
    disabled = {"code": FAILED, "message": "discovery disabled", "data": None}
    expect(nodes.same("opp2p_discoveryTable"), (disabled, None), "the table of nodes")
    _, dump = nodes.same_soon("opp2p_peers", True)
    known = dump["peers"][peer.id]
    expect((known["connectedness"], known["direction"], known["protected"], known["gossipBlocks"], known["chainID"]),
           (1, 2, True, True, 0), "of the peer")
    (_, theirs), (_, ours) = nodes.answers("opp2p_peers", False)
    expect_self(theirs["peers"].pop("SELF"), ours["peers"].pop("SELF"))
    expect(ours, theirs, "opp2p_peers [false]")
    for what in ("Peers", "Addrs", "Subnets"):
        expect(nodes.same(f"opp2p_listBlocked{what}"), (None, []), f"blocked {what}")


def stats(nodes, **wanted):
    def both():
        found = [node.result("opp2p_peerStats") for node in nodes.both]
        return found[0] == found[1] and all(found[0][key] == value for key, value in wanted.items())

    wait_until(both, f"peerStats the same, with {wanted}, not {[node.result('opp2p_peerStats') for node in nodes.both]}")


def act_on_peers(nodes, extra):
    expect(nodes.same("opp2p_connectPeer", extra.address), (None, None), "connect")
    stats(nodes, connected=2, blocksTopicV4=2, known=3, banned=0)
    nodes.same_soon("opp2p_peers", True)
    for method in ("protectPeer", "unprotectPeer"):
        expect(nodes.same(f"opp2p_{method}", extra.id), (None, None), method)
    for method in ("blockPeer", "disconnectPeer"):  # the second lifts the first
        nodes.same(f"opp2p_{method}", extra.id)
        expect(nodes.same("opp2p_listBlockedPeers")[1], [extra.id] if method == "blockPeer" else [], method)
    stats(nodes, connected=1, known=2, banned=0)
    nodes.same("opp2p_disconnectPeer", STRANGER)
    nodes.same("opp2p_blockPeer", extra.id)
    nodes.alike("opp2p_connectPeer", extra.address, raw=False, code=FAILED, begins="failed to dial: ")
    nodes.same("opp2p_unblockPeer", extra.id)
    for kind, network in (("Addr", "127.0.0.1"), ("Subnet", LOOPBACK)):
        nodes.same(f"opp2p_block{kind}", network)
        nodes.alike("opp2p_connectPeer", extra.address, raw=False, code=FAILED, begins="failed to dial: ")
        nodes.same(f"opp2p_unblock{kind}", network)
    nodes.same("opp2p_connectPeer", extra.address)
    stats(nodes, connected=2, blocksTopicV4=2)
    nodes.same("opp2p_disconnectPeer", extra.id)
    stats(nodes, connected=1, known=2)


def block(nodes):
    """What is blocked is listed in op-node's form, and is gone when it is unblocked."""
    for address in ("::1", "::ffff:1.2.3.4", "1.2.3.4", "2001:DB8::1"):
        nodes.same("opp2p_blockAddr", address)
        nodes.same("opp2p_listBlockedAddrs")
    subnets = [{"IP": "1.2.3.0", "Mask": "////AA=="}, {"IP": "2001:db8::", "Mask": "/////wAAAAAAAAAAAAAAAA=="},
               {"IP": "9.9.9.9", "Mask": "/////w=="}, {"IP": "0.0.0.0", "Mask": "AAAAAA=="}]
    for subnet in subnets:
        nodes.same("opp2p_blockSubnet", subnet)
        nodes.same("opp2p_listBlockedSubnets")
    for name in ({"ip": "10.0.0.0", "mask": "/wAAAA=="}, {"IP": "1.2.3.0", "Mask": "////AA==", "x": 1}):
        nodes.same("opp2p_blockSubnet", name, raw=True)
    nodes.same("opp2p_blockPeer", STRANGER)
    nodes.same_soon("opp2p_peers", True)
    stats(nodes, banned=1)
    for subnet in [*subnets, {"IP": "10.0.0.0", "Mask": "/wAAAA=="}]:
        nodes.same("opp2p_unblockSubnet", subnet)
    for address in ("::1", "1.2.3.4", "2001:db8::1"):
        nodes.same("opp2p_unblockAddr", address)
    nodes.same("opp2p_unblockPeer", STRANGER)
    for what in ("Peers", "Addrs", "Subnets"):
        expect(nodes.same(f"opp2p_listBlocked{what}"), (None, []), f"blocked {what} in the end")


def wrong_peers(nodes):
    for method in ("blockPeer", "unblockPeer", "protectPeer", "unprotectPeer", "disconnectPeer"):
        for wrong in ("", "nonsense", STRANGER[:-1], STRANGER[1:], "Qm"):
            nodes.alike(f"opp2p_{method}", wrong, code=BAD_PARAMS, begins="invalid argument 0: failed to parse peer ID: ")
        for wrong in (7, {}, []):
            nodes.alike(f"opp2p_{method}", wrong, code=BAD_PARAMS, begins="invalid argument 0: ")
        nodes.differ(f"opp2p_{method}", None, theirs=(BAD_PARAMS, "invalid argument 0: failed to parse peer ID: "),
                     ours=(BAD_PARAMS, "missing value for required argument 0"))
        nodes.same(f"opp2p_{method}", raw=True)
        nodes.same(f"opp2p_{method}", STRANGER, STRANGER, raw=True)
    for wrong in ("", "nonsense", "/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/p2p/x",
                  "/ip4/127.0.0.1/tcp/99999/p2p/" + STRANGER):
        nodes.alike("opp2p_connectPeer", wrong, raw=False, code=FAILED, begins="bad peer address: ")
    nodes.alike("opp2p_connectPeer", "/ip4/127.0.0.1/tcp/1/p2p/" + STRANGER, code=FAILED, begins="failed to dial: ")
    nodes.alike("opp2p_connectPeer", 7, code=BAD_PARAMS, begins="invalid argument 0: ")
    nodes.same("opp2p_connectPeer", raw=True)
    nodes.differ("opp2p_connectPeer", None, theirs=(FAILED, "bad peer address: "),
                 ours=(BAD_PARAMS, "missing value for required argument 0"))
    nodes.alike("opp2p_peers", "true", code=BAD_PARAMS, begins="invalid argument 0: ")
    for params in ((), (True, 1)):
        nodes.same("opp2p_peers", *params, raw=True)
    for name in ("opp2p_nope", "opp2p_", "nope"):
        expect(nodes.same(name, raw=True)[0]["code"], NOT_FOUND, name)


def wrong_addresses(nodes):
    for method in ("blockAddr", "unblockAddr"):
        for wrong in ("nonsense", "1.2.3", "1.2.3.4/8", "1.2.3.256", "fe80::1%eth0", "001.2.3.4"):
            nodes.same(f"opp2p_{method}", wrong, raw=True)
        nodes.alike(f"opp2p_{method}", 7, code=BAD_PARAMS, begins="invalid argument 0: ")
        for nil in ("", None):
            expect(nodes.same(f"opp2p_{method}", nil, raw=True)[0]["message"], "invalid request", f"{method} of nothing")
        nodes.same(f"opp2p_{method}", raw=True)
    for method in ("blockSubnet", "unblockSubnet"):
        nodes.same(f"opp2p_{method}", raw=True)
        for nil in (None, {}, {"IP": "1.2.3.0"}, {"IP": "1.2.3.0", "Mask": None}, {"IP": None, "Mask": "////AA=="},
                    {"IP": "", "Mask": "////AA=="}, {"Mask": "////AA=="}):
            expect(nodes.same(f"opp2p_{method}", nil, raw=True)[0]["message"], "invalid request", f"{method} {nil}")
        nodes.same(f"opp2p_{method}", {"IP": "x", "Mask": "////AA=="}, raw=True)
        for wrong in ("", 7, "1.2.3.0/24", {"IP": "1.2.3.0", "Mask": "zzz!"}):
            nodes.alike(f"opp2p_{method}", wrong, code=BAD_PARAMS, begins="invalid argument 0: ")
        for blocks_nobody in ("", "/w==", "/wD/AA=="):
            nodes.differ(f"opp2p_{method}", {"IP": "1.2.3.0", "Mask": blocks_nobody}, theirs=None,
                         ours=(FAILED, "invalid request"))


def ask_node(nodes):
    nodes.same("optimism_syncStatus")
    nodes.same("optimism_rollupConfig")
    nodes.same("optimism_dependencySet")
    nodes.same("optimism_safeHeadAtL1Block", "0x1f")
    nodes.same("optimism_safeHeadAtL1Block", raw=True)
    nodes.alike("optimism_safeHeadAtL1Block", 1, code=BAD_PARAMS, begins="invalid argument 0: ")
    nodes.same("optimism_syncStatus", 1, raw=True)
    nodes.differ("optimism_outputAtBlock", "0x1", raw=False, theirs=(FAILED, "failed to get L2 block ref"),
                 ours=(NOT_FOUND, "the method optimism_outputAtBlock does not exist"))
    for method in ("optimism_version", "health_status"):
        for failure, version in nodes.answers(method, raw=method == "health_status"):
            expect_true(failure is None and re.fullmatch(r"v\d+\.\d+\.\d+(-\S+)?", version), f"{method}: {version}")
    (_, theirs), (_, ours) = nodes.answers("rpc_modules", raw=True)
    expect(ours, {**theirs, "opwire": "1.0"}, "rpc_modules")


def ask_admin(nodes):
    for method in ("sequencerActive", "conductorEnabled", "stopSequencer", "overrideLeader"):
        nodes.same(f"admin_{method}")
    nodes.same("admin_startSequencer", "0x" + "11" * 32)
    nodes.same("admin_stopSequencer", 1, raw=True)
    nodes.same("admin_setRecoverMode", True)
    for method in ("startSequencer", "setRecoverMode", "setLogLevel"):
        nodes.same(f"admin_{method}", raw=True)
    for level in ("DEBUG", "WARN", "ERROR", "INFO"):
        nodes.same("admin_setLogLevel", level)
    for level in ("trace", "TRCE", "dbug", "eror", "crit", "info"):
        nodes.same("admin_setLogLevel", level, raw=True)
    for level in ("nope", "DEBUG-4", ""):
        nodes.differ("admin_setLogLevel", level, theirs=(FAILED, "unknown level: "), ours=(FAILED, "unknown log level "))
    for level in ("off", "info,gossipsub=debug"):
        nodes.differ("admin_setLogLevel", level, theirs=(FAILED, "unknown level: "), ours=None)
    nodes.same("admin_setLogLevel", "info", raw=True)
    nodes.differ("admin_startSequencer", "0x11", theirs=(BAD_PARAMS, "invalid argument 0: "),
                 ours=(FAILED, "sequencer is not enabled"))
    nodes.differ("admin_resetDerivationPipeline", theirs=None,
                 ours=(FAILED, "this node does not derive the chain from L1"))
    nodes.same("admin_nope", raw=True)


def post_blocks(nodes, builder):
    built = builder.ask("build", "built", version=4, txs=2, tx_size=50)
    block = json.loads(succeed(nodes.programs, "payload", "show", "--json", "-", text=built["hex"]))
    payload = block["executionPayload"]
    nodes.same("admin_postUnsafePayload", {**block, "executionPayload": {**payload, "blockHash": "0x" + "22" * 32}})
    without_root = {key: value for key, value in payload.items() if key != "withdrawalsRoot"}
    nodes.same("admin_postUnsafePayload", {**block, "executionPayload": without_root})
    nodes.alike("admin_postUnsafePayload", {**block, "executionPayload": {**payload, "timestamp": "17"}},
                code=BAD_PARAMS, begins="invalid argument 0: ")
    nodes.alike("admin_postUnsafePayload", "x", code=BAD_PARAMS, begins="invalid argument 0: ")
    for nothing in ((), (None,), ({},), ({"executionPayload": None},)):
        nodes.differ("admin_postUnsafePayload", *nothing, theirs=(CRASHED, "method handler crashed"),
                     ours=(BAD_PARAMS, ""))
    nodes.differ("admin_postUnsafePayload", {"executionPayload": {}}, theirs=(FAILED, "payload has bad block hash: "),
                 ours=(BAD_PARAMS, "invalid argument 0: executionPayload.parentHash: missing"))
    expect(nodes.same("admin_postUnsafePayload", block), (None, None), "a block")


def serve_http(nodes):
    for node in nodes.both:
        with urllib.request.urlopen(f"{node.url}/healthz", timeout=5) as answer:
            told = json.loads(answer.read())
            expect((answer.status, list(told)), (200, ["version"]), f"/healthz of {node.url}: {told}")


def block_static(programs):
    with contextlib.ExitStack() as stack:
        nodes = Nodes(programs, stack, our_flags=("--p2p.no-discovery",))
        peer = nodes.op_node()
        nodes.start(peer)
        nodes.same("opp2p_disconnectPeer", peer.id)
        nodes.same("opp2p_blockPeer", peer.id)
        nodes.alike("opp2p_connectPeer", peer.address, raw=False, code=FAILED, begins="failed to dial: ")
        stats(nodes, connected=0, banned=1)


def compare_with_discovery(programs):
    with contextlib.ExitStack() as stack:
        nodes = Nodes(programs, stack)
        peer = nodes.op_node("--discovery", "--advertise-ip", "127.0.0.1")
        record = peer.ready["enr"]
        nodes.their_flags = ("--discovery", "--advertise-ip", "127.0.0.1", "--bootnodes", record)
        nodes.our_flags = ("--p2p.advertise.ip", "127.0.0.1", "--p2p.bootnodes", record, "--p2p.discovery.path", "memory")
        nodes.start(peer)
        (_, theirs), (_, ours) = nodes.answers("opp2p_self")
        expect_self(theirs, ours)
        expect(ours["ENR"], "RECORD", "our record")
        for node in nodes.both:  # op-node's client parses each record, and checks its signature
            expect_true(node.result("opp2p_self")["ENR"].startswith("enr:-"), "a record")
            wait_until(lambda: record in node.result("opp2p_discoveryTable"), "the bootnode in the table", 20)
            expect_true(node.result("opp2p_peerStats")["table"] >= 1, "a table that is counted")
        nodes.same("opp2p_discoveryTable", 1, raw=True)
