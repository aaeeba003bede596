import unittest

import includes
from tree import Tree

FILES = {
    "CMakeLists.txt": "add_subdirectory(opwire/base)\nadd_subdirectory(opwire/crypto)\nadd_subdirectory(opwire/net)\n"
                      "add_subdirectory(opwire/sim)\n",
    "opwire/base/CMakeLists.txt": "opwire_library(base)",
    "opwire/crypto/CMakeLists.txt": "opwire_library(crypto DEPS base PRIVATE_HEADERS openssl_ptr.hpp)",
    "opwire/net/CMakeLists.txt": "opwire_library(net DEPS crypto TEST_DEPS sim)",
    "opwire/sim/CMakeLists.txt": "opwire_library(sim DEPS base net)",
    "opwire/base/bytes.hpp": "",
    "opwire/base/fake_for_test.hpp": "",
    "opwire/crypto/hash.hpp": '#include "opwire/base/bytes.hpp"\n',
    "opwire/crypto/openssl_ptr.hpp": "#include <openssl/evp.h>\n",
    "opwire/net/tcp.hpp": '#include "opwire/crypto/hash.hpp"\n#include <boost/asio/awaitable.hpp>\n',
    "opwire/sim/link.hpp": "",
}


def problems(path, text):
    found = includes.check(Tree({**FILES, path: text}))
    return [problem.text for problem in found]


class IncludesTest(unittest.TestCase):
    def refused(self, path, text, words):
        found = problems(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def accepted(self, path, text):
        self.assertEqual(problems(path, text), [])

    def test_declared_edges_only(self):
        self.accepted("opwire/net/tcp.cpp", '#include "opwire/net/tcp.hpp"\n#include "opwire/crypto/hash.hpp"\n#include <vector>\n')
        # crypto depends on base, but net has to say so itself.
        self.refused("opwire/net/tcp.cpp", '#include "opwire/base/bytes.hpp"', "does not declare 'base'")

    def test_never_upwards(self):
        self.refused("opwire/base/a.cpp", '#include "opwire/net/tcp.hpp"', "upwards")
        self.refused("opwire/base/CMakeLists.txt", "opwire_library(base DEPS net)", "depends upwards on 'net'")

    def test_unknown_library(self):
        self.refused("opwire/base/CMakeLists.txt", "opwire_library(base DEPS nett)", "no library is called 'nett'")

    def test_tests_have_edges_of_their_own(self):
        text = '#include "opwire/sim/link.hpp"'
        self.accepted("opwire/net/tcp_test.cpp", text)
        self.refused("opwire/net/tcp.cpp", text, "upwards")

    def test_test_support_stays_in_tests(self):
        text = '#include "opwire/base/fake_for_test.hpp"'
        self.accepted("opwire/base/a_test.cpp", text)
        self.refused("opwire/base/a.cpp", text, "for tests only")

    def test_one_way_to_write_a_path(self):
        self.refused("opwire/base/a.cpp", '#include "bytes.hpp"', "from the root")
        self.refused("opwire/base/a.cpp", "#include <opwire/base/bytes.hpp>", "with quotes")
        self.refused("opwire/base/a.cpp", '#include "opwire/base/byts.hpp"', "no such header")

    def test_third_party_headers_stay_with_their_library(self):
        self.accepted("opwire/crypto/a.cpp", "#include <openssl/evp.h>")
        self.refused("opwire/base/a.cpp", "#include <openssl/evp.h>", "belongs to opwire/crypto")
        self.refused("opwire/base/a.cpp", "#include <boost/asio/post.hpp>", "belongs to opwire/runtime")
        self.refused("opwire/crypto/a.hpp", "#include <secp256k1.h>", "public header")

    def test_socket_headers_are_not_public(self):
        self.refused("opwire/net/b.hpp", "#include <boost/asio/ip/tcp.hpp>", "public header")
        self.accepted("opwire/net/b.cpp", "#include <boost/asio/ip/tcp.hpp>")

    def test_private_headers_stay_private(self):
        text = '#include "opwire/crypto/openssl_ptr.hpp"'
        self.accepted("opwire/crypto/a.cpp", text)
        self.refused("opwire/crypto/a.hpp", text, "a public one cannot include it")
        self.refused("opwire/net/a.cpp", text, "private header of 'crypto'")


if __name__ == "__main__":
    unittest.main()
