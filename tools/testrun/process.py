"""Child processes that never outlive the run, and that end by themselves when they take too long."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

_running = set()
_lock = threading.Lock()
_stopping = False


class Finished:
    def __init__(self, status, output, seconds, timed_out):
        self.status = status
        self.output = output
        self.seconds = seconds
        self.timed_out = timed_out


def run(command, *, timeout, env=None, cwd=None, on_line=None):
    """Runs a command in a process group of its own; stdout and stderr come back as one text.

    on_line, when given, sees each line as it arrives.
    """
    started = time.monotonic()
    with _lock:
        if _stopping:
            raise KeyboardInterrupt
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="backslashreplace", env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True)
        _running.add(child)
    late = threading.Event()

    def expire():
        late.set()
        _end([child])

    timer = threading.Timer(timeout, expire)
    timer.start()
    lines = []
    try:
        for line in child.stdout:
            lines.append(line)
            if on_line:
                on_line(line.rstrip("\n"))
        status = child.wait()
    finally:
        timer.cancel()
        _kill(child, signal.SIGKILL)  # whatever it left behind
        child.stdout.close()
        with _lock:
            _running.discard(child)
    output = "".join(lines)
    if late.is_set():
        output += f"\nended after {timeout} s without a result\n"
    return Finished(status, output, time.monotonic() - started, late.is_set())


def show(command):
    """Runs a command whose output goes where ours goes; its exit status."""
    with _lock:
        if _stopping:
            raise KeyboardInterrupt
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True)
        _running.add(child)
    try:
        return child.wait()
    finally:
        with _lock:
            _running.discard(child)


def _kill(child, number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def _end(children):
    """Asks first, since ninja and the like have children elsewhere to end."""
    for child in children:
        _kill(child, signal.SIGTERM)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and any(child.poll() is None for child in children):
        time.sleep(0.05)
    for child in children:
        _kill(child, signal.SIGKILL)


def end_all():
    global _stopping
    _stopping = True
    _end(list(_running))


def end_children_with_us():
    """Ctrl-C, a closed terminal or a kill ends every child before this process goes."""

    def stop(number, _frame):
        end_all()
        print("interrupted", file=sys.stderr, flush=True)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def parallel(function, items, jobs=None):
    """Yields function(item) for each item, in the order given, jobs at a time (default: one a core)."""
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        yield from pool.map(function, items)
