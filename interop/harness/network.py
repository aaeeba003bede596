"""A network of one's own, where addresses are not loopback and yet of this machine."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import subprocess

from harness.peer import Absent, NotPermitted

CLONE_NEWNET = 0x40000000


@contextlib.contextmanager
def own_network(subnet):
    """This thread, and what it starts, is in a network namespace where every address of the subnet is this machine's.
    It goes with the last process in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with pathlib.Path("/proc/thread-self/ns/net").open() as before:
        if shutil.which("ip") is None:
            raise Absent("ip")
        if libc.unshare(CLONE_NEWNET) != 0:
            raise NotPermitted(f"a network namespace: {os.strerror(ctypes.get_errno())}")
        try:
            for command in (["link", "set", "lo", "up"], ["address", "add", subnet, "dev", "lo"]):
                subprocess.run(["ip", *command], check=True, capture_output=True, timeout=10)
            yield
        finally:
            if libc.setns(before.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
