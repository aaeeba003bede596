"""opwire top: a node's RPC in a terminal, and without one."""

import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import unittest
import urllib.request

from harness import OPWIRE, SIGNER, ProgramTest, environment, free_port, recorded

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


class Terminal:
    """The program in a terminal of its own."""

    def __init__(self, test, *arguments, columns=80, lines=24):
        self.master, slave = pty.openpty()
        test.addCleanup(os.close, self.master)
        self.slave = slave
        test.addCleanup(os.close, slave)
        self.resize(columns, lines)
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen([OPWIRE, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment(),
                                        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        test.addCleanup(self._end)
        self.text = ""

    def _end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def resize(self, columns, lines):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, key):
        os.write(self.master, key.encode())

    def read(self, seconds=0.05):
        while select.select([self.master], [], [], seconds)[0]:
            self.text += os.read(self.master, 65536).decode()

    def wait_for(self, pattern, timeout=20):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.read()
            if match := re.search(pattern, self.text):
                return match
        raise AssertionError(f"no {pattern!r} in {self.text!r}")

    def frames(self):
        """What each drawing leaves on the screen, as lines."""
        drawn = self.text.split("\x1b[H")[1:]
        return [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", one).replace("\r", "").split("\n") for one in drawn]

    def wait(self):
        code = self.process.wait(10)
        self.read()
        return code


class Hostile(http.server.BaseHTTPRequestHandler):
    """A server whose peers have agents that a terminal would obey."""

    protocol_version = "HTTP/1.1"
    evil = "\x1b]0;owned\x07\x1b[2J\u009b31m"
    answers = {
        "opwire_status": {"version": evil, "chain": evil, "mesh": {evil: 1}, "lastBlock": {"number": 7}},
        "opp2p_peerStats": {"connected": 1},
        "opp2p_peers": {"peers": {"x": {"peerID": evil, "userAgent": evil, "addresses": [evil]}}},
        "opwire_lastBlocks": [{"number": 7, "hash": evil, "from": evil}],
    }

    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": self.answers[call["method"]]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that goes away is no news."""


class Top(ProgramTest):
    def node(self):
        node = self.start("run", "--network", "op-sepolia", "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", "0")
        return node, "http://" + node.wait_for(r"RPC listens.* at=(\S+)", "stderr")[1]

    def test_nobody_there(self):
        port = free_port()
        for more in ((), ("--once",)):
            self.fails(1, f"no node answers at http://127.0.0.1:{port}/: ", "top", "--rpc", f"http://127.0.0.1:{port}", *more)
        self.fails(2, "--rpc: 'nonsense'", "top", "--rpc", "nonsense")
        self.fails(2, "--rpc: ", "top", "--rpc", "https://127.0.0.1:1")

    def test_in_a_terminal_that_nobody_answers_to(self):
        top = Terminal(self, "top", "--rpc", f"http://127.0.0.1:{free_port()}")
        self.assertEqual(top.wait(), 1)
        self.assertIn("no node answers", top.text)
        self.assertNotIn("\x1b", top.text)

    def test_once(self):
        _, url = self.node()
        shown = self.succeeds("top", "--rpc", url, "--once").stdout
        self.assertRegex(shown, r"\Aopwire v\d+\.\d+\.\d+  op-sepolia \(11155420\)  http://127\.0\.0\.1:\d+/\n")
        for text in ("accepted 0", "clock unknown", "peers 0", "/optimism/11155420/3/blocks", "\nPEER", "finalized -"):
            self.assertIn(text, shown)
        self.assertNotIn("\x1b", shown)
        self.assertEqual(self.succeeds("top", "--rpc", url).stdout.splitlines()[0], shown.splitlines()[0])

    def test_live_until_q(self):
        node, url = self.node()
        top = Terminal(self, "top", "--rpc", url)
        top.wait_for("finalized -")
        self.assertTrue(top.text.startswith(ENTER), top.text)
        self.assertFalse(termios.tcgetattr(top.slave)[3] & (termios.ECHO | termios.ICANON))
        top.resize(40, 12)
        time.sleep(0.3)
        top.read()
        small = top.frames()[-1]
        self.assertLessEqual(len(small), 12)
        self.assertLessEqual(max(map(len, small)), 40, small)
        drawn = len(top.frames())
        time.sleep(2.5)
        top.read()
        self.assertIn(len(top.frames()) - drawn, (1, 2, 3), "once a second")
        top.press("x")
        self.assertEqual(node.stop(), 0)
        top.wait_for("NO ANSWER: no node answers at")
        top.press("q")
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.text.endswith(LEAVE), top.text[-60:])
        self.assertEqual(termios.tcgetattr(top.slave), top.before)

    def test_signals_leave_the_terminal_as_it_was(self):
        _, url = self.node()
        for how in ("\x03", signal.SIGINT, signal.SIGTERM):
            top = Terminal(self, "top", "--rpc", url)
            top.wait_for("finalized -")
            if how == "\x03":
                top.press("\x1a\x1c" + how)  # the first two, Ctrl-Z and Ctrl-\, do nothing
            else:
                top.process.send_signal(how)
            self.assertEqual(top.wait(), 0)
            self.assertTrue(top.text.endswith(LEAVE), top.text[-60:])
            self.assertEqual(termios.tcgetattr(top.slave), top.before)

    def test_two_blocks_at_one_height(self):
        frames = [frame for frame in recorded("opnode_accepted_frames.json")["frames"] if frame["fork"] == "jovian"]
        chain = ["--rollup.config", self.rollup_config("jovian"), "--p2p.unsafe.block.signer", SIGNER,
                 "--p2p.gossip.timestamp.threshold", "100000h"]
        node = self.start("run", *chain, "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0)
        address = node.wait_for(r"addresses=(\S+)", "stderr")[1]
        url = "http://" + node.wait_for(r"RPC listens.* at=(\S+)", "stderr")[1]
        for frame in frames[:2]:
            self.succeeds("payload", "publish", self.file("frame", frame["wire"]), *chain, "--p2p.static", address, "--linger", "1s")
        node.wait_for("different blocks are signed at one height", "stderr")
        call = urllib.request.Request(url, b'{"jsonrpc":"2.0","id":1,"method":"opwire_equivocations","params":[]}',
                                      {"Content-Type": "application/json"})
        with urllib.request.urlopen(call, timeout=10) as answer:
            told = json.load(answer)["result"]
        self.assertEqual((told["total"], told["heights"][0]["number"]), (1, frames[0]["number"]))
        blocks = told["heights"][0]["blocks"]
        self.assertEqual([block["hash"] for block in blocks], [frame["hash"] for frame in frames[:2]])
        self.assertEqual({block["signer"] for block in blocks}, {SIGNER})
        self.assertEqual(len({block["signature"] for block in blocks}), 2)
        shown = self.succeeds("top", "--rpc", url, "--once").stdout
        self.assertIn("accepted 2  rejected 0  ignored 0  throttled 0  equivocations 1", shown)
        self.assertIn(frames[1]["hash"][:10], shown)

    def test_what_peers_say_is_no_command_to_the_terminal(self):
        server = QuietServer(("127.0.0.1", 0), Hostile)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        self.assertRegex(self.succeeds("top", "--rpc", url).stdout, r"\A[ -~\n]+\Z")
        top = Terminal(self, "top", "--rpc", url)
        top.wait_for("BLOCK")
        top.press("q")
        self.assertEqual(top.wait(), 0)
        self.assertNotRegex(top.text, "\x07|\x1b\\]|\u009b|\x1b\\[31m")
        self.assertEqual(top.text.count("\x1b[2J"), 1, "our own")


if __name__ == "__main__":
    unittest.main()
