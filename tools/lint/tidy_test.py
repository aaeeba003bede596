import json
import pathlib
import tempfile
import unittest

import tidy
from tree import ROOT, Tree

SOURCES = Tree({
    "opwire/x/a.hpp": "", "opwire/x/a.cpp": '#include "opwire/x/a.hpp"', "opwire/x/only.hpp": "",
    "opwire/x/b.cpp": '#include "opwire/x/only.hpp"', "opwire/x/a_test.cpp": '#include "opwire/x/a.hpp"', "docs/x.md": "",
})


class TidyTest(unittest.TestCase):
    def findings(self, text):
        with tempfile.TemporaryDirectory() as scratch:
            source = pathlib.Path(scratch) / "a.cpp"
            source.write_text(text)
            command = {"directory": scratch, "file": str(source), "command": f"clang++-19 -std=c++20 -c {source}"}
            (pathlib.Path(scratch) / "compile_commands.json").write_text(json.dumps([command]))
            return [problem.text for problem in tidy.run([str(source)], scratch, ROOT / ".clang-tidy")]

    def test_refuses_a_use_after_move(self):
        found = self.findings("#include <string>\n#include <utility>\nvoid take(std::string);\n"
                              "int f(std::string s) { take(std::move(s)); return static_cast<int>(s.size()); }\n")
        self.assertEqual(len(found), 1, found)
        self.assertIn("bugprone-use-after-move", found[0])

    def test_accepts_good_code_and_names_code_that_does_not_compile(self):
        self.assertEqual(self.findings("int f() { return 1; }\n"), [])
        self.assertEqual(len(self.findings("int f() { return; }\n")), 1)

    def test_a_header_is_seen_through_a_source(self):
        self.assertEqual(tidy.sources_for(SOURCES, ["opwire/x/a.hpp"]), ["opwire/x/a.cpp"])
        self.assertEqual(tidy.sources_for(SOURCES, ["opwire/x/only.hpp"]), ["opwire/x/b.cpp"])
        self.assertEqual(tidy.sources_for(SOURCES, ["opwire/x/a_test.cpp", "docs/x.md"]), [])


if __name__ == "__main__":
    unittest.main()
