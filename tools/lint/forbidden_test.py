import unittest

import forbidden
from tree import Tree


def names(path, text):
    return [problem.text.split(": ")[0] for problem in forbidden.check(Tree({path: text}))]


class ForbiddenTest(unittest.TestCase):
    def test_asio_has_two_homes(self):
        for text in ("boost::asio::io_context c;", "co_await asio::post(x);", "co_spawn(a, b, c);"):
            self.assertTrue(names("opwire/p2p/yamux/a.cpp", text), text)
            self.assertEqual(names("opwire/runtime/a.cpp", text), [], text)
            self.assertEqual(names("opwire/net/a.cpp", text), [], text)

    def test_globals_are_refused_outside_their_homes(self):
        for text in ("auto t = std::chrono::steady_clock::now();", "system_clock::now()", "std::random_device seed;", "rand()",
                     "std::this_thread::sleep_for(1s);", "std::thread worker;", "std::jthread worker;", 'getenv("HOME")',
                     "clock_gettime(CLOCK_MONOTONIC, &t)"):
            self.assertTrue(names("opwire/p2p/yamux/a.cpp", text), text)
            self.assertTrue(names("opwire/p2p/yamux/a_test.cpp", text), text)
            self.assertEqual(names("opwire/base/a.cpp", text), [], text)
            self.assertEqual(names("cli/a.cpp", text), [], text)

    def test_what_only_looks_alike(self):
        text = '''
          // std::thread and rand() in a comment
          const char* s = "getenv(x)";  /* boost::asio */
          co_await sleep_for(loop, 1s);  operand(x);  std::chrono::steady_clock::time_point t;
        '''
        self.assertEqual(names("opwire/p2p/yamux/a.cpp", text), [])

    def test_an_exception_needs_a_reason(self):
        path = "opwire/net/a_test.cpp"
        self.assertEqual(names(path, "// lint: allow(std::thread): the blocking end\nstd::thread t;"), [])
        self.assertEqual(names(path, "std::thread t;  // lint: allow(std::thread): the blocking end"), [])
        self.assertEqual(names(path, "// lint: allow(std::thread)\nstd::thread t;"), ["std::thread"])
        self.assertEqual(names(path, "// lint: allow(getenv): other\nstd::thread t;"), ["std::thread"])

    def test_the_line_is_named(self):
        found = forbidden.check(Tree({"opwire/net/a.cpp": "int a;\n/* x\n */ std::thread t;\n"}))
        self.assertEqual(found[0].line, 3)


if __name__ == "__main__":
    unittest.main()
