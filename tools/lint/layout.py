"""The libraries as their CMakeLists.txt declare them: opwire_library(name DEPS ... PRIVATE_HEADERS ...)."""

import re
from dataclasses import dataclass, field

_CALL = re.compile(r"\bopwire_library\(\s*(\w+)([^)]*)\)")
_FOLDER = re.compile(r"\badd_subdirectory\(\s*([\w/]+)\s*\)")
_KEYWORDS = ("DEPS", "PRIVATE", "TEST_DEPS", "PRIVATE_HEADERS")


@dataclass
class Library:
    name: str
    folder: str
    layer: int  # lower layers have smaller numbers
    deps: set[str] = field(default_factory=set)
    test_deps: set[str] = field(default_factory=set)
    private_headers: set[str] = field(default_factory=set)


class Layout:
    def __init__(self, libraries):
        self.by_name = {library.name: library for library in libraries}
        self._by_folder = {library.folder: library for library in libraries}

    def library_of(self, path):
        """The library whose folder holds the file, or None."""
        folder = path.rpartition("/")[0]
        while folder and folder not in self._by_folder:
            folder = folder.rpartition("/")[0]
        return self._by_folder.get(folder)


def _without_comments(text):
    return re.sub(r"#[^\n]*", "", text)


def _arguments(text):
    lists = {keyword: set() for keyword in _KEYWORDS}
    current = None
    for word in text.split():
        if word in lists:
            current = lists[word]
        elif current is not None:
            current.add(word)
    return lists


def read(tree):
    """Folders in the order of the root's add_subdirectory calls are layers, lowest first."""
    libraries = []
    for layer, folder in enumerate(_FOLDER.findall(_without_comments(tree.files["CMakeLists.txt"]))):
        match = _CALL.search(_without_comments(tree.files.get(f"{folder}/CMakeLists.txt", "")))
        if match:
            lists = _arguments(match[2])
            libraries.append(Library(match[1], folder, layer, lists["DEPS"], lists["TEST_DEPS"],
                                     {f"{folder}/{header}" for header in lists["PRIVATE_HEADERS"]}))
    return Layout(libraries)
