"""op-node's flags as its own code defines them, and what `opwire run` makes of each."""

import json
import re
import subprocess

from cases.program import clean_environment
from harness.peer import present
from harness.report import expect, expect_true

# Everything in which a flag of ours is not op-node's: the flag, what differs (default, or extra: op-node v1.19.0 has it no
# more, or not yet on its command line), op-node's value, ours, and why.
STATED = (
    ("rpc.addr", "default", "0.0.0.0", "127.0.0.1",
     "without P2P's checks, and with the admin methods beside it, RPC is not for strangers until the operator says so"),
    ("syncmode.req-resp", "default", "false", "true",
     "without derivation from L1, peers are the only ones to fill a gap from"),
    ("override.lagoon", "extra", None, None, "in op-node's release candidate"),
    ("l2.follow.source.rpc-timeout", "extra", None, None, "declared in op-node and missing in its list of flags"),
    ("supervisor", "extra", None, None, "gone from op-node, still on old command lines"),
    ("rollup.halt", "extra", None, None, "gone from op-node, still on old command lines"),
    ("rollup.load-protocol-versions", "extra", None, None, "gone from op-node, still on old command lines"),
)
# Go's zero of a number that is only looked at when it was given.
UNSET = {"*cli.Uint64Flag": "0"}
KINDS = {
    "*cli.BoolFlag": {"BOOL"}, "*cli.StringFlag": {"TEXT", "FILE", "LIST"}, "*cli.GenericFlag": {"TEXT", "FILE"},
    "*cli.PathFlag": {"FILE"}, "*cli.StringSliceFlag": {"LIST"}, "*cli.DurationFlag": {"DURATION"},
    "*cli.Uint64Flag": {"NUMBER"}, "*cli.UintFlag": {"NUMBER", "PORT"}, "*cli.IntFlag": {"NUMBER", "PORT"},
    "*cli.Float64Flag": {"NUMBER"},
}


def add(cases, programs):
    cases.add("drop-in: op-node's flags, their variables and defaults", lambda: compare(programs))
    cases.add("drop-in: op-node's whole command line and environment are taken", lambda: take_all(programs))


def op_node_flags(programs):
    command = [present(programs.opnodeclient), "flags"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=30).stdout)


def seconds(text):
    """Of one of Go's durations."""
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[hms])", text)
    expect("".join(number + unit for number, unit in parts), text, "a duration")
    return sum(float(number) * units[unit] for number, unit in parts)


def plain(text, kind):
    return seconds(text) if kind == "*cli.DurationFlag" else text


def compare(programs):
    ours = json.loads(subprocess.run([programs.opwire, "run", "--list-flags"], check=True, capture_output=True,
                                     env=clean_environment(), timeout=30).stdout)
    ours = {flag["name"]: flag for flag in ours}
    theirs = op_node_flags(programs)
    expect_true(len(theirs) > 100, f"op-node has only {len(theirs)} flags")
    differences = [difference for flag in theirs for difference in compare_one(flag, ours)]
    known = {name for flag in theirs for name in flag["names"]}
    differences += [(name, "extra", None, None) for name, flag in ours.items()
                    if name not in known and flag["origin"] != "own"]
    expect(sorted(map(str, differences)), sorted(str(stated[:4]) for stated in STATED), "differences of the flags")


def compare_one(flag, ours):
    name, kind = flag["names"][0], flag["type"]
    for missing in (name for name in flag["names"] if name not in ours):
        yield missing, "missing", flag["default"], None
    if name not in ours:
        return
    mine = ours[name]
    if sorted(mine["env"]) != sorted(flag["env"]):
        yield name, "variables", flag["env"], mine["env"]
    if mine["type"] not in KINDS[kind]:
        yield name, "type", kind, mine["type"]
    if (mine["origin"] == "hidden") != flag["hidden"]:
        yield name, "hidden", flag["hidden"], mine["origin"]
    unset = mine["default"] == "" and flag["default"] == UNSET.get(kind)
    if not unset and plain(mine["default"], kind) != plain(flag["default"], kind):
        yield name, "default", flag["default"], mine["default"]


def take_all(programs):
    """Each flag and each variable with op-node's default, all in one run, and nothing is unknown, or wrong."""
    words, variables = [], {}
    for flag in op_node_flags(programs):
        if flag["default"] == "" and flag["type"] not in ("*cli.StringFlag", "*cli.StringSliceFlag", "*cli.PathFlag"):
            continue
        words += [f"--{name}={flag['default']}" for name in flag["names"] if name != "p2p.disable"]
        variables |= {name: flag["default"] for name in flag["env"] if name != "OP_NODE_P2P_DISABLE"}
    expect_true(len(words) > 100 and len(variables) > 100, f"{len(words)} flags and {len(variables)} variables")
    for what, command, env in (("flags", words, {}), ("variables", [], variables)):
        done = subprocess.run([programs.opwire, "run", "--p2p.disable", *command], text=True, capture_output=True,
                              timeout=30, env={**clean_environment(), **env})
        expect((done.returncode, done.stdout), (0, ""), f"op-node's {what}: {done.stderr}")
        expect_true("not known" not in done.stderr, f"op-node's {what}: {done.stderr}")
