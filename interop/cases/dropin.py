"""opwire run in op-node's place, judged by op-node's own Go code: its flags, its RPC clients, op-conductor's health check,
and its peers."""

from cases import dropin_conductor, dropin_flags, dropin_peers, dropin_rpc


def add(cases, programs):
    for part in (dropin_flags, dropin_rpc, dropin_conductor, dropin_peers):
        part.add(cases, programs)
