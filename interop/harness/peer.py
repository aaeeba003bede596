"""Peers as child processes: JSON lines out, JSON commands in, every wait bounded, none left behind."""

import collections
import contextlib
import functools
import json
import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDED = object()


class PeerFailed(Exception):
    """A peer did something else than the case expects."""


class Absent(Exception):
    """A program that was not built; its name is the argument."""


class NotPermitted(Exception):
    """What the system does not let us do; a case that needs it cannot run here, wherever that is."""


def present(program):
    """Its path."""
    path = pathlib.Path(program)
    if not path.exists():
        raise Absent(path.name)
    return path


class Process:
    """One child. It is ended with the object, and with us: it has our process group and our end of its stdin."""

    def __init__(self, command, *, env=None, cpu=None):
        self.name = present(command[0]).name
        self.command = [str(word) for word in command]
        self.seen = collections.deque(maxlen=20)
        self._lines = queue.Queue()
        self._waiting = []  # events that nobody has asked for yet
        self._errors = tempfile.TemporaryFile(mode="w+", errors="replace")
        if cpu is not None and cpu < (os.cpu_count() or 1):
            self.command = ["taskset", "-c", str(cpu), *self.command]
        self.started = time.monotonic()
        self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                      text=True, env={**os.environ, **(env or {})})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(ENDED)

    def line(self, timeout):
        """The next line of stdout; None at its end."""
        try:
            line = self._lines.get(timeout=max(0.001, timeout))
        except queue.Empty:
            raise PeerFailed(f"{self.name} did not print in time what was awaited{self.story()}") from None
        if line is ENDED:
            self._lines.put(ENDED)
            return None
        self.seen.append(line)
        return line

    def event(self, name, timeout=20, **fields):
        """The first event, not given out before, of that name and with these fields. An error event ends the wait."""
        deadline = time.monotonic() + timeout
        while True:
            for index, found in enumerate(self._waiting):
                if found.get("event") == name and all(found.get(key) == value for key, value in fields.items()):
                    return self._waiting.pop(index)
            line = self.line(deadline - time.monotonic())
            if line is None:
                raise PeerFailed(f"{self.name} ended while {name} {fields} was awaited{self.story()}")
            self._waiting.append(json.loads(line))
            if self._waiting[-1].get("event") == "error":
                raise PeerFailed(f"{self.name}: {self._waiting.pop()}")

    def events(self, name, count, timeout=60):
        return [self.event(name, timeout) for _ in range(count)]

    def taken(self, name):
        """All events of that name that have been read and not given out."""
        found = [event for event in self._waiting if event.get("event") == name]
        self._waiting = [event for event in self._waiting if event.get("event") != name]
        return found

    def send(self, **command):
        try:
            self.child.stdin.write(json.dumps(command) + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed(f"{self.name} has ended{self.story()}") from None

    def ask(self, command, answer, timeout=20, **fields):
        self.send(cmd=command, **fields)
        return self.event(answer, timeout)

    def wait(self, timeout=20):
        """Its exit status, after the end of its stdin."""
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.child.stdin.close()
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise PeerFailed(f"{self.name} did not end within {timeout} s{self.story()}") from None

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def errors(self):
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read()

    def story(self):
        """Its last lines, for people."""
        lines = [f"  stdout | {line[:300]}" for line in list(self.seen)[-6:]]
        lines += [f"  stderr | {line[:300]}" for line in self.errors().splitlines()[-6:]]
        return "".join("\n" + line for line in lines)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        """In a case that goes well the peer has to end well: by itself, with status 0."""
        try:
            if kind is None:
                status = self.wait()
                if status != 0:
                    raise PeerFailed(f"{self.name} ended with status {status}{self.story()}")
        finally:
            self.kill()
            self._errors.close()


class Listener(Process):
    """A peer that has said that it is ready."""

    def __init__(self, command, **options):
        super().__init__(command, **options)
        try:
            self.ready = self.event("ready")
        except PeerFailed:
            self.kill()
            raise
        self.id = self.ready["id"]
        self.address = next(a for a in self.ready["addrs"] if a.startswith("/ip4/127.0.0.1/tcp/"))


class Discoverer(Process):
    """A discv5 peer. Many start side by side: that one is ready is awaited when it is first needed."""

    def __init__(self, program, *flags, **options):
        super().__init__([program, "listen", *flags], **options)

    @functools.cached_property
    def ready(self):
        return self.event("ready", 60)

    @property
    def enr(self):
        return self.ready["enr"]

    @property
    def id(self):
        return self.ready["id"]

    @property
    def port(self):
        return self.ready["port"]


class Programs:
    """Where the peers are."""

    def __init__(self, build):
        theirs = ROOT / "interop" / "bin"
        self.gopeer = theirs / "gopeer"
        self.old_gopeer = theirs / "gopeer-old"
        self.opnodepeer = theirs / "opnodepeer"
        self.opnodeclient = theirs / "opnodeclient"
        self.rustpeer = theirs / "rustpeer"
        self.jspeer = theirs / "jspeer"
        self.gethdisc = theirs / "gethdisc"
        self.sigpdisc = theirs / "sigpdisc"
        self.jsdisc = theirs / "jsdisc"
        self.opgeth = theirs / "opgeth"
        self.attacker = theirs / "attacker"
        self.opwirepeer = build / "interop" / "bin" / "opwirepeer"
        self.opwiredisc = build / "interop" / "bin" / "opwiredisc"
        self.opwirenode = build / "interop" / "bin" / "opwirenode"
        self.opwireengine = build / "interop" / "bin" / "opwireengine"
        self.opwire = build / "cli" / "opwire"
        self.bench = build / "bench"

    def ours(self):
        return self.opwirepeer, self.opwiredisc, self.opwirenode, self.opwireengine, self.opwire


def run_dial(command, timeout=120, **options):
    """Runs a dialler to its end; the fields of its result."""
    with Process(command, **options) as peer:
        result = peer.event("result", timeout)
        if not result["ok"]:
            raise PeerFailed(f"{peer.name} {' '.join(map(str, command[-3:]))}: {result['error']}{peer.story()}")
        return result
