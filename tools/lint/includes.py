"""Includes follow the declared edges, and third-party headers stay with the library that wraps them."""

import re

import layout
from tree import Problem, is_test, is_test_support

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# A third-party header (by the beginning of its path), and the folders that may include it.
WRAPPED = {
    "openssl/": ("opwire/crypto", "opwire/net"),
    "secp256k1": ("opwire/crypto",),
    "snappy": ("opwire/codec",),
    "lmdb": ("opwire/store",),
    "ares": ("opwire/net",),
    "boost/beast": ("opwire/net/http",),
    "boost/asio": ("opwire/runtime", "opwire/net"),
    "spdlog/": ("opwire/base",),
    "fmt/": ("opwire/base",),
    "CLI/": ("cli", "opwire/sim/tool"),
}
# What any header of those folders may show: the coroutine core, which users need anyway.
IN_PUBLIC_HEADERS = re.compile(
    r"boost/asio/(awaitable|any_io_executor|any_completion_handler|async_result|as_tuple|co_spawn|use_awaitable)\.hpp$")


def check(tree):
    libraries = layout.read(tree)
    problems = list(_declarations(libraries))
    for path, text in tree.cpp():
        for match in _INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            quoted, header = match[1] == '"', match[2]
            found = _own(libraries, tree, path, header) if _is_own(quoted, header) else _third_party(libraries, path, header)
            if _is_own(quoted, header) and not quoted:
                found = f'write "{header}", with quotes'
            if found:
                problems.append(Problem(path, line, found))
    return problems


def _declarations(libraries):
    for library in libraries.by_name.values():
        where = f"{library.folder}/CMakeLists.txt"
        for name in sorted(library.deps | library.test_deps):
            if name not in libraries.by_name:
                yield Problem(where, 1, f"no library is called '{name}'")
        for name in sorted(library.deps & libraries.by_name.keys()):
            if libraries.by_name[name].layer >= library.layer:
                yield Problem(where, 1, f"'{library.name}' depends upwards on '{name}': see the order in the root CMakeLists.txt")


def _is_own(quoted, header):
    return quoted or header.startswith("opwire/")


def _own(libraries, tree, path, header):
    if not path.startswith(("opwire/", "cli/")):
        return None  # a program outside the libraries' build
    if not header.startswith(("opwire/", "cli/")):
        return f'write the path from the root: "opwire/.../{header}"'
    if header not in tree.files:
        return f'no such header: "{header}"'
    if is_test_support(header) and not is_test(path):
        return f'"{header}" is for tests only'
    here, there = libraries.library_of(path), libraries.library_of(header)
    if here is there or here is None or there is None:
        private = header in (here.private_headers if here else ())
        if private and path.endswith(".hpp") and path not in here.private_headers and not is_test_support(path):
            return f'"{header}" is a private header: a public one cannot include it'
        return None
    if header in there.private_headers:
        return f'"{header}" is a private header of \'{there.name}\''
    if there.name in here.deps or (is_test(path) and there.name in here.test_deps):
        return None
    if there.layer > here.layer:
        return f"'{here.name}' may not include upwards from '{there.name}'"
    return f"'{here.name}' does not declare '{there.name}' in its DEPS"


def _third_party(libraries, path, header):
    for prefix, homes in WRAPPED.items():
        if not header.startswith(prefix) or path.startswith("cmake/"):
            continue
        if IN_PUBLIC_HEADERS.match(header) and path.startswith(homes):
            return None
        if not path.startswith(tuple(home + "/" for home in homes)) and not is_test(path):
            return f"<{header}> belongs to {' and '.join(homes)}"
        library = libraries.library_of(path)
        private = library is not None and path in library.private_headers
        if path.startswith("opwire/") and path.endswith(".hpp") and not private and not is_test_support(path):
            return f"<{header}> in a public header: move it to a .cpp, or name the header in PRIVATE_HEADERS"
    return None
