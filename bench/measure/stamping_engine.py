"""An execution engine that finds every payload valid and remembers when the last byte of each had arrived."""

import contextlib
import json
import socket
import threading
import time

MOST_BODY = 32 << 20


class StampingEngine:
    """HTTP on a port of loopback, a thread for each connection. It stands at the genesis of the rollup config."""

    def __init__(self, rollup):
        genesis = json.loads(rollup.read_text())["genesis"]
        self.arrived_us = {}  # by block hash
        self._genesis = {"hash": genesis["l2"]["hash"], "number": hex(genesis["l2"]["number"]),
                         "parentHash": "0x" + "00" * 32, "timestamp": hex(genesis["l2_time"])}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listening.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb", buffering=1 << 20) as requests:
            while (length := _body_length(requests)) is not None:
                body = requests.read(length)
                at_us = time.time_ns() // 1000
                call = json.loads(body)
                result = self._answer(call["method"], call["params"], at_us)
                answer = json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
                connection.sendall(head.encode() + answer)

    def _answer(self, method, params, at_us):
        if method.startswith("engine_newPayload"):
            self.arrived_us[params[0]["blockHash"]] = at_us
            return _valid(params[0]["blockHash"])
        if method.startswith("engine_forkchoiceUpdated"):
            return {"payloadStatus": _valid(params[0]["headBlockHash"]), "payloadId": None}
        return self._genesis if method == "eth_getBlockByNumber" else None


def _valid(block_hash):
    return {"status": "VALID", "latestValidHash": block_hash, "validationError": None}


def _body_length(requests):
    """None at the end of the connection."""
    length = None
    while line := requests.readline(8192):
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "content-length":
            length = min(int(value), MOST_BODY)
        elif line in (b"\r\n", b"\n"):
            return length
    return None
