"""Coroutine shapes that go wrong: captures that die before their coroutine, and what g++ 12.2 compiles into double frees.

We build with clang, but headers are compiled by the users' g++ too, and one habit is easier than two.
"""

import re

from aggregates import Aggregates
from cpp import Lines, closing, code_only, lambdas
from tree import Problem, is_test

_AWAIT = re.compile(r"\bco_(?:await|yield)\b")
_COROUTINE = re.compile(r"\bco_(?:await|yield|return)\b")
_CONDITION = re.compile(r"\b(?:if|while|switch)\s*\(\s*!?\s*co_await\b")
_BARE_LIST = re.compile(r"[(,]\s*\{")
_BRACED_TYPE = re.compile(r"\b(?:std::)?([A-Z]\w*|array\s*<[^;{}()]*>)\s*\{")
_TERNARY = re.compile(r"\?(?:[^;{}]*?\bco_await\b)")
_TASK = re.compile(r"\bTask<")
_TYPE_BEFORE = re.compile(r"(->|\bstruct|\bclass|\benum|)\s*(?:\b(?:\w+::)*[A-Z]\w*|[(,=])\s*$")
_OPEN, _CLOSE = "({[", ")}]"


def check(tree):
    aggregates = Aggregates(tree)
    problems = []
    for path, text in tree.cpp("opwire", "cli", "examples"):
        code, lines = code_only(text), Lines(text)

        def found(position, why, path=path, lines=lines):
            problems.append(Problem(path, lines.of(position), why))

        _captures(code, found)
        if not is_test(path):
            _expressions(code, found, aggregates, path)
        if path.endswith(".hpp") or path.startswith("examples/"):
            for match in _CONDITION.finditer(code):
                found(match.start(), "co_await as a bare condition: give it a name first")
        if path.endswith(".hpp") and not is_test(path):
            _parameters(code, found, aggregates, path)
    return problems


def _captures(code, found):
    """A lambda's captures live in the lambda, not in the frame of the coroutine that it starts."""
    every = list(lambdas(code))
    for one in every:
        body = list(code[one.body[0]:one.body[1]])
        for inner in every:
            if one.body[0] < inner.start and inner.body[1] <= one.body[1]:
                start = inner.start - one.body[0]
                body[start:inner.body[1] - one.body[0]] = " " * (inner.body[1] - inner.start)
        if one.captures and _COROUTINE.search("".join(body)):
            found(one.start, "a coroutine that is a lambda with captures: pass its state as parameters")


def _begins_list(code, brace):
    """Whether the brace belongs to an expression (Type{...}, f({...})) and not to a block."""
    before = _TYPE_BEFORE.search(code[max(0, brace - 80):brace])
    return before is not None and not before[1]


def _full_expression(code, position):
    """Where the full expression around a co_await begins and ends."""
    depth, begin = 0, position
    while begin > 0:
        c = code[begin - 1]
        if depth == 0 and (c in ";}" or c == "{" and not _begins_list(code, begin - 1)):
            break
        depth += (c in _CLOSE) - (c in _OPEN)
        if depth < 0 and re.search(r"\b(?:if|while|switch|for)\s*$", code[max(0, begin - 10):begin - 1]):
            break
        depth = max(depth, 0) if c in _OPEN else depth
        begin -= 1
    end = position
    while end < len(code) and code[end] not in ";}":
        if code[end] in _OPEN:
            end = closing(code, end)
        elif code[end] in ")]" and end + 1 < len(code) and re.match(r"\s*\{", code[end + 1:end + 40]):
            break
        end += 1
    return begin, end


def _expressions(code, found, aggregates, path):
    seen_until = 0
    inner = [one for one in lambdas(code)]
    for match in _AWAIT.finditer(code):
        if match.start() < seen_until:
            continue
        begin, end = _full_expression(code, match.start())
        seen_until = end
        expression = code[begin:end]
        for one in inner:
            if begin <= one.start and one.body[1] <= end:
                owning = [c for c in one.captures.split(",") if c.strip() and not c.strip().startswith("&")
                          and c.strip() not in ("this", "*this")]
                if owning:
                    found(one.start, "a lambda that captures by value inside a co_await expression: name it first")
                start, stop = one.body[0] - begin, one.body[1] - begin
                expression = expression[:start] + " " * (stop - start) + expression[stop:]
        if _TERNARY.search(expression):
            found(match.start(), "co_await beside ?: write if and else")
        if bare := _BARE_LIST.search(expression):
            found(begin + bare.start(), "a braced list inside a co_await expression: name it first")
        for braced in _BRACED_TYPE.finditer(expression):
            name = braced[1]
            if name.startswith("array") or aggregates.is_owning(name, path):
                found(begin + braced.start(), f"{name}{{...}} inside a co_await expression: name it first")


def _parameters(code, found, aggregates, path):
    """A public coroutine that takes an aggregate invites its callers to write one in the call."""
    for match in _TASK.finditer(code):
        declaration = re.compile(r"(?:<[^;{}()]*>)\s+(\w+)\s*\(").match(code, match.end() - 1)
        if not declaration:
            continue
        parameters = code[declaration.end():closing(code, declaration.end() - 1)]
        if "initializer_list" in parameters:
            found(match.start(), f"{declaration[1]} takes an initializer_list: take a span or a vector")
        for name in re.findall(r"\b([A-Z]\w*)\b(?!\s*(?:::|&(?!&)|\*|<))", parameters):
            if aggregates.is_owning(name, path):
                found(match.start(), f"{declaration[1]} takes the aggregate {name}: give {name} a constructor")
