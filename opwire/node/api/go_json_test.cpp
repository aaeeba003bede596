#include "opwire/node/api/go_json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace opwire::node {
namespace {

TEST(GoJson, PutsValuesIntoTheirOrder) {
  GoJson out;
  out.open('{').key("a").number(std::uint64_t{18446744073709551615ULL}).key("b").open('[').text("x").flag(true);
  out.close(']').key("c").open('{').close('}').key("d").null().key("e").raw("[1]").key("f").texts({"p", "q"});
  EXPECT_EQ(out.key("g").texts({}).close('}').take(),
            R"({"a":18446744073709551615,"b":["x",true],"c":{},"d":null,"e":[1],"f":["p","q"],"g":null})");
}

TEST(GoJson, WritesNumbersAsGoDoes) {
  const auto number = [](double value) { return GoJson().number(value).take(); };
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(-40), "-40");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(123456789.25), "123456789.25");
  EXPECT_EQ(number(1e20), "100000000000000000000");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(0.000001), "0.000001");
  EXPECT_EQ(number(2.5e-7), "2.5e-7");
  EXPECT_EQ(number(1e-12), "1e-12");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "0");
}

TEST(GoJson, TextsOfPeersCannotBreakIt) {
  EXPECT_EQ(GoJson().text("a\"\\\n\x01").take(), R"("a\"\\\n\u0001")");
  EXPECT_EQ(GoJson().text("\xe2\x82\xac").take(), "\"\xe2\x82\xac\"");
  EXPECT_EQ(GoJson().text("ab\xff\xe2").take(), "\"ab\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace opwire::node
