import unittest

import layout
from tree import Tree

ROOT = "add_subdirectory(opwire/base)\nadd_subdirectory(opwire/net)  # sockets\n# add_subdirectory(opwire/gone)\n"


class LayoutTest(unittest.TestCase):
    def setUp(self):
        self.read = layout.read(Tree({
            "CMakeLists.txt": ROOT,
            "opwire/base/CMakeLists.txt": "opwire_library(base PRIVATE spdlog::spdlog)",
            "opwire/net/CMakeLists.txt":
                "opwire_library(net DEPS base # and no more\n  PRIVATE ares\n  TEST_DEPS sim PRIVATE_HEADERS fd.hpp)\nif(X)\nendif()"}))

    def test_names_edges_and_layers(self):
        net = self.read.by_name["net"]
        self.assertEqual(net.deps, {"base"})
        self.assertEqual(net.test_deps, {"sim"})
        self.assertEqual(net.private_headers, {"opwire/net/fd.hpp"})
        self.assertLess(self.read.by_name["base"].layer, net.layer)

    def test_a_file_belongs_to_the_nearest_library(self):
        self.assertEqual(self.read.library_of("opwire/net/corpus/x/seed").name, "net")
        self.assertIsNone(self.read.library_of("opwire/x.hpp"))


if __name__ == "__main__":
    unittest.main()
