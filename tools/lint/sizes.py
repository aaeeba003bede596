"""A file is one idea: one that grows past the limit holds several."""

from tree import Problem

LIMIT = 500
KINDS = (".hpp", ".cpp", ".py", ".sh", ".go")


def check(tree):
    counted = ((path, text.count("\n")) for path, text in tree.files.items() if path.endswith(KINDS) or path == "dev")
    return [Problem(path, lines, f"{lines} lines, and {LIMIT} is the limit: split it") for path, lines in counted if lines > LIMIT]
