"""Names that have a home: Asio's, and the global clocks, randomness, threads and environment."""

import re
from dataclasses import dataclass

from cpp import Lines, code_only
from tree import Problem


@dataclass(frozen=True)
class Rule:
    names: re.Pattern
    homes: tuple[str, ...]
    instead: str


RULES = (
    Rule(re.compile(r"\b(?:boost::asio|asio::\w+|co_spawn|use_awaitable|io_context|steady_timer)\b"),
         ("opwire/runtime/", "opwire/net/", "cmake/pch_asio.hpp"),
         "Asio's names stay in opwire/runtime and opwire/net: use Task, Scope and Loop"),
    Rule(re.compile(r"\b(?:(?:steady|system|high_resolution)_clock::now|clock_gettime|gettimeofday|std::time\b)"),
         ("opwire/base/", "opwire/runtime/", "cli/"), "time is an argument: take a TimePoint or a Clock&"),
    Rule(re.compile(r"\b(?:random_device|s?rand(?=\s*\()|getrandom)\b"),
         ("opwire/base/", "opwire/runtime/", "cli/"), "chance is an argument: take an Rng&"),
    Rule(re.compile(r"\b(?:this_thread::\w+|std::j?thread\b(?!::id)|std::async|pthread_create)\b"),
         ("opwire/base/", "opwire/runtime/", "cli/"), "threads and waiting belong to opwire/runtime: use Loop and WorkerPool"),
    Rule(re.compile(r"\b(?:secure_)?getenv\b"),
         ("opwire/base/", "opwire/runtime/", "cli/"), "only cli reads the environment: take an option"),
)
# A test that really needs one says why, on the same line or the one above.
_ALLOWED = re.compile(r"//\s*lint: allow\(([^)]+)\): \S")


def check(tree):
    problems = []
    for path, text in tree.cpp("opwire", "cli"):
        code, lines, written = code_only(text), Lines(text), text.splitlines()
        for rule in RULES:
            if path.startswith(rule.homes):
                continue
            for match in rule.names.finditer(code):
                line = lines.of(match.start())
                if not _is_allowed(written, line, match[0]):
                    problems.append(Problem(path, line, f"{match[0]}: {rule.instead}"))
    return problems


def _is_allowed(written, line, name):
    for text in written[max(0, line - 2):line]:
        if (match := _ALLOWED.search(text)) and match[1] in name:
            return True
    return False
