import unittest

import coawait
from tree import Tree

HEADERS = {
    "opwire/x/opts.hpp": "struct Opts { std::string name; int n = 0; };\n"
                         "struct Outer { Opts inner; };\n"
                         "struct Built { Built(); std::string name; };\n"
                         "struct Plain { int a; std::span<const int> v; const std::string* p; };\n",
}


def count(text, path="opwire/x/a.cpp"):
    return len(coawait.check(Tree({**HEADERS, path: text})))


def in_coroutine(statement):
    return "Task<void> run(Stream& s) {\n  int local = 0;\n  " + statement + "\n}\n"


class CoAwaitTest(unittest.TestCase):
    def refused(self, *statements):
        for statement in statements:
            self.assertEqual(count(in_coroutine(statement)), 1, statement)

    def accepted(self, *statements):
        for statement in statements:
            self.assertEqual(count(in_coroutine(statement)), 0, statement)

    def test_aggregates_in_the_expression(self):
        self.refused("co_await f(Opts{.name = s});", "co_await f({.name = s});", "co_await f(1, {a, b});",
                     "auto x = co_await f(Outer{{s}});", "v.push_back(Opts{co_await a()});",
                     "co_await f(std::array<std::string, 2>{a, b});")
        self.accepted("co_await f(std::move(opts));", "co_await f(Built{});", "co_await f(Plain{1});", "co_await f(std::string{});",
                      "Opts o{.name = s};\n  co_await f(std::move(o));", "if (x) {\n co_await f(o);\n } else {\n co_await g();\n }",
                      "for (auto& p : list) {\n co_await f(p);\n }", "co_return Opts{.name = s};")

    def test_ternaries(self):
        self.refused("auto x = c ? co_await a() : b;", "auto x = c ? b : co_await a();")
        self.accepted("const int n = c ? 1 : 2;\n  co_await f(n);", "co_await f(c ? 1 : 2);")

    def test_lambdas_in_the_expression(self):
        self.refused("co_await f([p] { return p; });", "co_await f([p = std::move(p)] { use(p); });")
        self.accepted("co_await f([&x] { return x; });", "co_await f([] { return 1; });", "co_await f([this] { go(); });")

    def test_capturing_lambda_coroutines(self):
        self.refused("auto l = [p]() -> Task<void> { co_await p->run(); };", "scope.spawn([&]() -> Task<void> { co_return; }());",
                     "auto l = [this](int n) -> Task<int> { co_return n; };")
        self.accepted("auto l = [](P p) -> Task<void> { co_await p->run(); };", "auto l = [p] { use(p); };",
                      "auto l = [p] { return [](P q) -> Task<void> { co_return; }(p); };", "table[i](co_await f());")

    def test_capturing_lambda_coroutines_in_tests_too(self):
        text = in_coroutine("auto l = [p]() -> Task<void> { co_await p->run(); };")
        self.assertEqual(count(text, "opwire/x/a_test.cpp"), 1)
        self.assertEqual(count(in_coroutine("co_await f({1, 2});"), "opwire/x/a_test.cpp"), 0)

    def test_conditions_in_headers(self):
        self.assertEqual(count(in_coroutine("if (co_await f()) return;"), "opwire/x/a.hpp"), 1)
        self.assertEqual(count(in_coroutine("while (!co_await f()) {}"), "opwire/x/a.hpp"), 1)
        self.assertEqual(count(in_coroutine("if (auto r = co_await f(); r) return;"), "opwire/x/a.hpp"), 0)

    def test_parameters_of_public_coroutines(self):
        for text in ("Task<void> f(Opts o);", "Task<Result<int>> f(int n, const Outer o);", "Task<> f(Opts&& o);",
                     "Task<void> f(std::initializer_list<int> l);"):
            self.assertEqual(count(text, "opwire/x/a.hpp"), 1, text)
        for text in ("Task<void> f(Built b, Plain p);", "Task<void> f(Opts& o);", "Opts f(Opts o);", "Task<Opts> f(int n);"):
            self.assertEqual(count(text, "opwire/x/a.hpp"), 0, text)

    def test_comments_and_strings_are_not_code(self):
        self.accepted("// co_await f({1});", 'log("co_await f({1})");')


if __name__ == "__main__":
    unittest.main()
