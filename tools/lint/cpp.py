"""Just enough reading of C++: text without comments and literals, brackets that match, lambdas."""

import bisect
import re
from dataclasses import dataclass

_SKIPPED = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'',
    re.DOTALL)
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def code_only(text):
    """The same text with comments and the insides of literals blanked: positions and lines stay."""

    def blank(match):
        found = match[0]
        quote = found[0] if found[0] in "\"'" else ""
        inside = "".join("\n" if c == "\n" else " " for c in found[len(quote):len(found) - len(quote)])
        return quote + inside + quote

    return _SKIPPED.sub(blank, text)


class Lines:
    """Line numbers of positions."""

    def __init__(self, text):
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]

    def of(self, position):
        return bisect.bisect_right(self._starts, position)


def closing(code, opening):
    """The position of the bracket that closes the one at `opening`; the end of the text when there is none."""
    depth = 0
    opener, closer = code[opening], _CLOSING[code[opening]]
    for position in range(opening, len(code)):
        if code[position] == opener:
            depth += 1
        elif code[position] == closer:
            depth -= 1
            if depth == 0:
                return position
    return len(code)


@dataclass(frozen=True)
class Lambda:
    start: int
    captures: str
    body: tuple[int, int]  # positions of its braces


_LAMBDA = re.compile(r"(?<![\w\])>\[])\s*\[(?!\[)([^\[\]]*)\]\s*(?=[({<]|mutable\b|noexcept\b|->)")


def lambdas(code):
    for match in _LAMBDA.finditer(code):
        start = code.index("[", match.start())
        position = match.end()
        if code[position] == "<":
            position = code.find(">", position) + 1
        while position < len(code) and code[position] not in "{;":
            position = closing(code, position) + 1 if code[position] in "([" else position + 1
        if position < len(code) and code[position] == "{":
            yield Lambda(start, match[1].strip(), (position, closing(code, position)))
