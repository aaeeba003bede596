"""opwire run: what it refuses, what it leaves alone, how it ends."""

import base64
import hashlib
import hmac
import json
import signal
import time
import unittest
import urllib.error
import urllib.request

from harness import ProgramTest, taken_port

CHAIN = ("--network", "op-sepolia")
LOCAL = ("--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", "0")
PEER = "/ip4/127.0.0.1/tcp/1/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA"


def rpc_url(node):
    return "http://" + node.wait_for(r"RPC listens.*?at=(\S+)", "stderr")[1]


def call(url, method, *params, headers=None):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def jwt(secret):
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    text = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(json.dumps({"iat": int(time.time())}).encode())
    return (text + b"." + encode(hmac.new(bytes.fromhex(secret.removeprefix("0x")), text, hashlib.sha256).digest())).decode()


class BadInput(ProgramTest):
    def refused(self, expected, *flags, env=None):
        self.fails(2, expected, "run", *flags, env=env)
        self.assertNotIn("opnode_p2p_priv.txt", self.files(), "nothing is made for what cannot start")

    def test_flags(self):
        self.refused("no chain: give --network NAME or --rollup.config FILE")
        self.refused("op-mainnet", "--network", "op-mainet")
        for flag, value in (
                ("--p2p.listen.tcp", "80"), ("--p2p.listen.tcp", "65536"), ("--p2p.listen.tcp", "x"), ("--p2p.listen.udp", "1023"),
                ("--p2p.advertise.tcp", "-1"), ("--p2p.listen.ip", "localhost"), ("--p2p.static", "/ip4/1.2.3.4/tcp/9222"),
                ("--p2p.static", "nonsense"), ("--p2p.peers.grace", "30"), ("--p2p.timeout.dial", "0s"),
                ("--p2p.ban.threshold", "low"), ("--p2p.gossip.mesh.d", "0"), ("--p2p.gossip.mesh.dhi", "1001"),
                ("--p2p.gossip.timestamp.threshold", "-1s"), ("--p2p.scoring", "heavy"), ("--p2p.mux", "spdy"),
                ("--p2p.security", "none,noise"), ("--p2p.peers.lo", "0"), ("--p2p.priv.raw", "zz"), ("--p2p.sequencer.key", "zz"),
                ("--p2p.unsafe.block.signer", "0x12"), ("--override.jovian", "soon"), ("--log.level", "loud"),
                ("--log.format", "xml"), ("--l1.http-poll-interval", "often"), ("--p2p.ping", "maybe")):
            self.refused(flag, *CHAIN, *LOCAL, f"{flag}={value}")
        self.refused("--p2p.disable=: '' is neither true nor false", *CHAIN, "--p2p.disable=")
        self.refused("did you mean --p2p.static?", *CHAIN, "--p2p.statc", PEER)
        self.refused("--p2p.static", *CHAIN, "--p2p.static")
        self.refused("give --network or --rollup.config, not both", *CHAIN, "--rollup.config", "x")
        self.refused("'stray' is not known to opwire run", *CHAIN, "stray")

    def test_variables(self):
        self.refused("OP_NODE_P2P_LISTEN_TCP_PORT: '80'", *CHAIN, env={"OP_NODE_P2P_LISTEN_TCP_PORT": "80"})
        self.refused("OPWIRE_P2P_PEERS_GRACE: 'long'", *CHAIN, env={"OPWIRE_P2P_PEERS_GRACE": "long"})
        self.refused("OP_NODE_P2P_STATIC: 'x'", *CHAIN, env={"OP_NODE_P2P_STATIC": "x"})

    def test_files(self):
        self.refused("none.toml: No such file", "--config", "none.toml")
        self.file("bad.toml", "p2p.listen.tcp = 80\n")
        self.refused("bad.toml: p2p.listen.tcp: '80'", "--config", "bad.toml")
        self.file("bad.toml", "nonsense = 1\n")
        self.refused("bad.toml: no flag is called 'nonsense'", "--config", "bad.toml")
        self.refused("none.json: No such file", "--rollup.config", "none.json")
        for text in ("", "{", "[]", '{"genesis": 7}', '{"l2_chain_id": 901}'):
            self.file("bad.json", text)
            self.refused("bad.json", "--rollup.config", "bad.json", *LOCAL)

    def test_key_files_are_left_as_they_are(self):
        for text in ("", "hello", "00" * 32, "ff" * 32):
            key = self.file("key", text)
            self.refused("key file key: ", *CHAIN, *LOCAL, "--p2p.priv.path", "key")
            self.assertEqual(key.read_text(), text)
        self.refused("key file no/key: No such file", *CHAIN, *LOCAL, "--p2p.priv.path", "no/key")
        self.refused("--p2p.priv.path: empty", *CHAIN, *LOCAL, "--p2p.priv.path=")
        self.refused("--feed: feed file no/feed: No such file", *CHAIN, *LOCAL, "--p2p.priv.raw", "11" * 32, "--feed", "no/feed")
        self.assertEqual(self.files(), ["key"])

    def test_a_port_in_use(self):
        port = taken_port(self)
        self.fails(2, f"--p2p.listen /ip4/127.0.0.1/tcp/{port}: cannot listen: Address already in use", "run", *CHAIN, "--p2p.listen.ip", "127.0.0.1",
                   "--p2p.listen.tcp", port, "--p2p.priv.raw", "11" * 32)


class Running(ProgramTest):
    def test_disabled_it_keeps_nothing_of_peers_and_the_rest_runs(self):
        node = self.start("run", *CHAIN, env={"OP_NODE_P2P_DISABLE": "1"})
        node.wait_for("P2P is off", "stderr")
        url = rpc_url(node)
        self.assertEqual(call(url, "opp2p_self")["error"]["code"], -32601)
        self.assertIn("unsafe_l2", call(url, "optimism_syncStatus")["result"])
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.files(), [])

    def test_a_hangup_reads_the_config_file_again(self):
        config = self.file("config.toml", 'p2p.peers.hi = 30\nlog.level = "info"\n')
        node = self.start("run", *CHAIN, *LOCAL, "--config", config)
        url = rpc_url(node)
        config.write_text(f'p2p.peers.hi = 44\np2p.static = "{PEER}"\np2p.listen.tcp = 9333\nlog.level = "debug"\n')
        node.process.send_signal(signal.SIGHUP)
        node.wait_for('read again.*changed="log level, static peers, waters"', "stderr")
        self.assertEqual(call(url, "opwire_staticPeers")["result"], [PEER])
        self.assertEqual(call(url, "opwire_limits")["result"]["peers"]["high"], 44)
        config.write_text("p2p.peers.hi = many\n")
        node.process.send_signal(signal.SIGHUP)
        node.wait_for("the configuration stays as it was.*p2p.peers.hi", "stderr")
        config.write_text("p2p.ping = false\n")
        node.process.send_signal(signal.SIGHUP)
        node.wait_for("need a restart.*p2p.ping", "stderr")
        self.assertEqual(node.stop(), 0)

    def test_with_a_secret_the_rpc_is_for_those_who_have_it(self):
        node = self.start("run", *CHAIN, *LOCAL, "--rpc.jwt-secret", "jwt.hex")
        url = rpc_url(node)
        self.assertEqual((self.folder / "jwt.hex").stat().st_mode & 0o777, 0o600)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            call(url, "opwire_status")
        self.assertEqual((refused.exception.code, refused.exception.read()), (401, b"missing token\n"))
        token = jwt((self.folder / "jwt.hex").read_text())
        self.assertIn("result", call(url, "opwire_status", headers={"Authorization": "Bearer " + token}))
        self.succeeds("top", "--once", "--rpc", url, "--jwt-secret", "jwt.hex")
        self.fails(1, "no node answers", "top", "--once", "--rpc", url)
        self.fails(2, "--jwt-secret: JWT secret no.hex: no such file", "top", "--once", "--rpc", url, "--jwt-secret", "no.hex")

    def test_who_opens_the_rpc_to_others_is_warned(self):
        node = self.start("run", *CHAIN, *LOCAL, "--rpc.addr", "0.0.0.0")
        node.wait_for("the RPC is open to other machines", "stderr")

    def test_signals_end_it_with_0(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            node = self.start("run", *CHAIN, *LOCAL, "--p2p.static", PEER)
            node.wait_for("listening", "stderr")
            self.assertEqual(node.stop(how, timeout=8), 0)
            self.assertIn("stopping", node.text("stderr"))

    def test_the_key_is_made_once_and_kept(self):
        ids = set()
        for _ in range(2):
            node = self.start("run", *CHAIN, *LOCAL)
            ids.add(node.wait_for(r"/p2p/(\w+)", "stderr")[1])
            self.assertEqual(node.stop(), 0)
        self.assertEqual(len(ids), 1)
        key = self.folder / "opnode_p2p_priv.txt"
        self.assertEqual((len(key.read_text()), key.stat().st_mode & 0o777), (64, 0o600))
        self.assertIn(ids.pop(), self.succeeds("key", "show", key).stdout)
        key.chmod(0o644)
        node = self.start("run", *CHAIN, *LOCAL)
        node.wait_for("others can read opnode_p2p_priv.txt; run chmod 600", "stderr")

    def test_an_op_node_command_line_starts_it_with_one_warning(self):
        node = self.start(
            "run", *CHAIN, *LOCAL, "--l1=http://127.0.0.1:1", "--l1.beacon=http://beacon:5052", "--l2=http://127.0.0.1:1",
            "--l2.jwt-secret=jwt", "--l2.enginekind=reth", "--syncmode=execution-layer", "--rpc.addr=0.0.0.0", "--rpc.port=0",
            "--metrics.enabled", "--metrics.port=0", "--p2p.no-discovery", "--p2p.peerstore.path=memory", "--p2p.discovery.path=memory",
            "--p2p.sync.req-resp=false", "--p2p.ban.peers=false", "--p2p.scoring=none", "--heartbeat.enabled",
            "--snapshotlog.file=x", "--p2p.score.bands=x", "--verifier.l1-confs=4",
            env={"OP_NODE_P2P_LISTEN_UDP_PORT": "9222", "OP_NODE_P2P_PEERS_LO": "10", "OP_NODE_UNHEARD_OF": "1"})
        node.wait_for("listening", "stderr")
        self.assertEqual(node.stop(), 0)
        warnings = [line for line in node.text("stderr").splitlines() if " WARN " in line and line.endswith("module=run")]
        self.assertEqual(len(warnings), 2, warnings)
        self.assertIn("OP_NODE_UNHEARD_OF is not known", warnings[0])
        self.assertTrue(warnings[1].endswith("not part of opwire yet: --l1.beacon  module=run"), warnings[1])
        for name in ("l2", "rpc.", "metrics", "verifier", "no-discovery", "syncmode", "P2P_LISTEN_UDP_PORT", "memory", "req-resp", "ban.peers", "scoring", "heartbeat", "snapshotlog", "score.bands"):
            self.assertNotIn(name, warnings[1])

    def test_log_formats_and_levels(self):
        node = self.start("run", *CHAIN, *LOCAL, "--log.format", "json")
        node.wait_for(r'\n\{"t":"[^"]+","lvl":"INFO","msg":"listening","module":"run","addresses":"[^"]+"\}\n', "stderr")
        self.assertEqual(node.stop(), 0)
        node = self.start("run", *CHAIN, *LOCAL, "--log.level", "error,run=info")
        node.wait_for("listening", "stderr")
        self.assertEqual(node.stop(), 0)

    def test_a_chain_without_a_known_signer_is_warned_of(self):
        node = self.start("run", "--rollup.config", self.rollup_config("isthmus"), *LOCAL)
        node.wait_for("no block signer is known for this chain.*--p2p.unsafe.block.signer", "stderr")


if __name__ == "__main__":
    unittest.main()
