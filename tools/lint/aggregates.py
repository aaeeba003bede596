"""Which classes of the tree are aggregates that own something: the ones that g++ 12 destroys twice in a co_await."""

import re

from cpp import closing, code_only

_CLASS = re.compile(r"\b(?:struct|class)\s+(\w+)\s*(?:final\s*)?(?::[^{;]*)?\{")
_OWNING = re.compile(
    r"\b(?:string|vector|Bytes|Buffer|BlockPtr|function|unique_ptr|shared_ptr|intrusive_ptr|deque|list|map|set|"
    r"unordered_map|unordered_set|any_completion_handler|Multiaddr|PeerId)\b(?!\s*[&*])")


class Aggregates:
    """Structs of all headers, by name; a name that several folders use means the one of the asking folder first."""

    def __init__(self, tree):
        self._owning = {}  # (folder, name) -> bool
        members = {}
        for path, text in tree.cpp("opwire"):
            if path.endswith(".hpp"):
                code = code_only(text)
                for match in _CLASS.finditer(code):
                    body = _outline(code[match.end():closing(code, match.end() - 1)])
                    key = (path.rpartition("/")[0], match[1])
                    self._owning[key] = False
                    if _is_aggregate(match[1], body):
                        members[key] = _data_members(body)
        changed = True
        while changed:
            changed = False
            for key, text in members.items():
                if not self._owning[key] and (_OWNING.search(text) or self._mentions_owning(key[0], text)):
                    self._owning[key] = changed = True

    def is_owning(self, name, path):
        return self._lookup(name, path.rpartition("/")[0])

    def _lookup(self, name, folder):
        if (folder, name) in self._owning:
            return self._owning[folder, name]
        return any(owning for (_, other), owning in self._owning.items() if other == name)

    def _mentions_owning(self, folder, text):
        return any(self._lookup(word, folder) for word in set(re.findall(r"\b[A-Z]\w+\b(?!\s*[&*])", text)))


def _outline(body):
    """The body with what stands in brackets left out."""
    kept, position = [], 0
    while position < len(body):
        if body[position] in "{(":
            kept.append("{}" if body[position] == "{" else "()")
            position = closing(body, position)
        else:
            kept.append(body[position])
        position += 1
    return "".join(kept)


def _is_aggregate(name, outline):
    return not re.search(rf"\b{name}\s*\(|\b(?:private|protected|virtual)\b", outline)


def _data_members(outline):
    statements = re.split(r"[;}]", outline)
    return ";".join(s for s in statements if ("(" not in s or "function<" in s) and not re.search(r"\busing\b", s))
