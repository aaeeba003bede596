"""op-geth as an execution engine, on loopback, with a folder of its own."""

import contextlib
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from harness.peer import PeerFailed, present
from harness.report import wait_until

NETWORK = 901
# Each block's state is on the disk at once. With op-geth's own choice, a chain that is killed before it has written any
# state is back at genesis and waits for peers that have it.
SCHEME = ("--state.scheme", "hash")


def free_port():
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Engine:
    """Its data stay over restarts."""

    def __init__(self, program, folder, genesis):
        self.program = present(program)
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.jwt = self.folder / "jwt.hex"
        self.jwt.write_text("0x" + "5a" * 32)
        self._child = None
        self._log = open(self.folder / "log.txt", "ab")
        (self.folder / "genesis.json").write_text(genesis)
        made = subprocess.run([self.program, "init", *SCHEME, "--datadir", self.folder / "data",
                               self.folder / "genesis.json"], capture_output=True, text=True, timeout=60)
        if made.returncode != 0:
            raise PeerFailed(f"op-geth refuses the genesis: {made.stderr[-600:]}")

    def url(self, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}"

    def start(self):
        flags = {"--datadir": self.folder / "data", "--networkid": NETWORK, "--syncmode": "full",
                 "--maxpeers": 0, "--port": 0, "--nat": "none", "--authrpc.addr": "127.0.0.1",
                 "--authrpc.port": self.port, "--authrpc.jwtsecret": self.jwt, "--verbosity": 3}
        words = [str(word) for pair in flags.items() for word in pair]
        self._child = subprocess.Popen([self.program, "--nodiscover", "--ipcdisable", "--rollup.disabletxpoolgossip",
                                        "--gcmode", "archive", *SCHEME, *words], stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        wait_until(self._answers, "op-geth's engine port", 30)

    def _answers(self):
        if self._child.poll() is not None:
            raise PeerFailed(f"op-geth ended with status {self._child.returncode}: {self.log()[-600:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def stop(self):
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self):
        self._end(signal.SIGKILL)

    def _end(self, how):
        if self._child is None:
            return
        self._child.send_signal(how)
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise PeerFailed("op-geth did not stop within 30 s") from None
        finally:
            self._child = None

    def log(self):
        return (self.folder / "log.txt").read_text(errors="replace")

    def close(self):
        self.kill()
        self._log.close()


@contextlib.contextmanager
def running_engine(program, genesis):
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(program, folder, genesis)
        try:
            engine.start()
            yield engine
        finally:
            engine.close()


def genesis_time():
    """A little in the past, so that blocks of the next minutes are not of the future."""
    return int(time.time()) - 600
