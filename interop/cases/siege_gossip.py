"""Attacks through gossip: invalid blocks, floods of control messages, bombs, and identities that come again."""


def add(cases, programs):
    pass
