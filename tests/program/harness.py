"""Runs the program with bounded time, in a folder of its own and an environment without surprises."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

OPWIRE = os.environ["OPWIRE"]
TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
SIGNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"  # of the recorded frames: a public test account
SIGNER_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # its key, as public


def environment(extra=None):
    """Without discovery, so that no test asks the public bootnodes (one that wants it says --p2p.no-discovery=false), with
    RPC on any free port, and with nothing kept of peers, so that several nodes may run in one folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPWIRE_", "OP_NODE_"))}
    return {**kept, "OPWIRE_P2P_NO_DISCOVERY": "true", "OPWIRE_RPC_PORT": "0",
            "OPWIRE_P2P_PEERSTORE_PATH": "memory", **(extra or {})}


class Running:
    """A program that was started; ended when the test is over, whatever happens."""

    def __init__(self, test, arguments, env, cwd):
        self.process = subprocess.Popen([OPWIRE, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment(env), cwd=cwd)
        self.lines = {"stdout": [], "stderr": []}
        self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in self.lines]
        for reader in self._readers:
            reader.start()
        test.addCleanup(self._end)

    def _read(self, name):
        for line in getattr(self.process, name):
            self.lines[name].append(line)

    def text(self, name="stdout"):
        return "".join(self.lines[name])

    def wait_for(self, pattern, name="stdout", timeout=20):
        """The match of a pattern in what it has written."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if match := re.search(pattern, self.text(name)):
                return match
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"no {pattern!r} in {name}:\n{self.text('stdout')}{self.text('stderr')}")

    def stop(self, how=signal.SIGINT, timeout=15):
        """Sends the signal; the exit code."""
        self.process.send_signal(how)
        return self.wait(timeout)

    def wait(self, timeout=60):
        code = self.process.wait(timeout)
        for reader in self._readers:
            reader.join(5)
        return code

    def _end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="opwire-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, *arguments, env=None, text=None, timeout=60):
        return subprocess.run([OPWIRE, *map(str, arguments)], input=text, stdin=None if text is not None else subprocess.DEVNULL,
                              capture_output=True, text=True, env=environment(env), cwd=self.folder, timeout=timeout,
                              check=False)

    def start(self, *arguments, env=None):
        return Running(self, arguments, env, self.folder)

    def succeeds(self, *arguments, **options):
        done = self.run_program(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def fails(self, code, expected, *arguments, logs=False, **options):
        """This exit code, and one line on stderr (below log lines, where there may be some) that holds what is expected."""
        done = self.run_program(*arguments, **options)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        *above, line = done.stderr.splitlines()
        if not logs:
            self.assertEqual(above, [], arguments)
        self.assertTrue(line.startswith("opwire: "), line)
        self.assertIn(expected, line)

    def rollup_config(self, fork):
        """A rollup.json of chain 901 with this fork active, as the devnet writes it; and no other trace."""
        path = self.folder / f"{fork}.json"
        if not path.exists():
            self.succeeds("devnet", "--blocks", 1, "--block-time", "50ms", "--followers", 1, "--fork", fork, "--out", "made")
            (self.folder / "made" / "rollup.json").rename(path)
            shutil.rmtree(self.folder / "made")
        return path

    def file(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())


def taken_port(test):
    """A port that somebody listens on until the test is over."""
    listener = socket.socket()
    test.addCleanup(listener.close)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener.getsockname()[1]


def free_port():
    """A port that nobody has at the moment, over TCP and over UDP."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            return free_port()
        return tcp.getsockname()[1]


def recorded(name):
    return json.loads((TESTDATA / "opstack" / name).read_text())
