"""JSON-RPC over HTTP."""

import json
import urllib.request

from harness.report import expect_true


def call(at, method, *params):
    """What the server at host:port answers; an error of its is a failure."""
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(f"http://{at}/", text, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        said = json.loads(answer.read())
    expect_true("error" not in said, f"{method}: {said.get('error')}")
    return said["result"]
