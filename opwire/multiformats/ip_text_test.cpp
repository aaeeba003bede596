#include "opwire/multiformats/ip_text.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

// The canonical text, or "refused".
std::string canonical6(std::string_view text) {
  const auto ip = parse_ip6(text);
  return ip ? format_ip(*ip) : "refused";
}

TEST(IpText, ReadsAndWritesIp4) {
  EXPECT_EQ(parse_ip4("192.0.2.255"), (ByteArray<4>{192, 0, 2, 255}));
  EXPECT_EQ(format_ip(ByteArray<4>{192, 0, 2, 255}), "192.0.2.255");
  EXPECT_EQ(format_ip(ByteArray<4>{}), "0.0.0.0");
}

TEST(IpText, RefusesOtherIp4) {
  for (const auto* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "01.2.3.4", "1.2.3.00", "+1.2.3.4",
        "-1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "a.b.c.d", "1.2.3.4/8", "::1", "99999999999999999999.0.0.1"})
    EXPECT_FALSE(parse_ip4(text)) << text;
}

TEST(IpText, WritesIp6InTheFormOfRfc5952) {
  EXPECT_EQ(canonical6("2001:0db8:0000:0000:0000:0000:0002:0001"), "2001:db8::2:1");
  EXPECT_EQ(canonical6("2001:DB8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // one zero group is not shortened
  EXPECT_EQ(canonical6("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");           // the longest run
  EXPECT_EQ(canonical6("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");     // the first of equals
  EXPECT_EQ(canonical6("0:0:0:0:0:0:0:0"), "::");
  EXPECT_EQ(canonical6("0:0:0:0:0:0:0:1"), "::1");
  EXPECT_EQ(canonical6("1:0:0:0:0:0:0:0"), "1::");
  EXPECT_EQ(canonical6("1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:7:8");
  EXPECT_EQ(canonical6("1:2:3:4:5:6::"), "1:2:3:4:5:6::");
  EXPECT_EQ(canonical6("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(canonical6("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8");
  EXPECT_EQ(canonical6("fe80::A"), "fe80::a");
  EXPECT_EQ(canonical6("::ffff:127.0.0.1"), "::ffff:127.0.0.1");
  EXPECT_EQ(canonical6("::ffff:7f00:1"), "::ffff:127.0.0.1");
  EXPECT_EQ(canonical6("64:ff9b::1.2.3.4"), "64:ff9b::102:304");
  EXPECT_EQ(canonical6("1:2:3:4:5:6:1.2.3.4"), "1:2:3:4:5:6:102:304");
}

TEST(IpText, RefusesOtherIp6) {
  for (const auto* text : {"",
                           ":",
                           ":::",
                           "1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:::2",
                           ":1::",
                           "1::2:",
                           "1:2:3:4:5:6:7:",
                           ":1:2:3:4:5:6:7",
                           "12345::",
                           "g::",
                           "::g",
                           "1:2:3:4::5:6:7:8",
                           "::1:2:3:4:5:6:7:8",
                           "fe80::1%eth0",
                           "[::1]",
                           "::1/128",
                           "1.2.3.4",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "::1.2.3",
                           "::01.2.3.4",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           " ::1",
                           "::1 ",
                           "::-1",
                           "::0x1"})
    EXPECT_FALSE(parse_ip6(text)) << text;
}

TEST(IpText, EveryIp6RoundTrips) {
  SeededRng rng(1);
  for (int i = 0; i < 2000; ++i) {
    ByteArray<16> ip;
    rng.fill(ip);
    const std::uint64_t zeros = rng.next();  // about half of the groups
    for (std::size_t group = 0; group < 8; ++group)
      if (zeros >> group & 1) ip[2 * group] = ip[2 * group + 1] = 0;
    const std::string text = format_ip(ip);
    EXPECT_EQ(parse_ip6(text), ip) << text;
    EXPECT_EQ(canonical6(text), text);
  }
}

TEST(IpText, Decimals) {
  EXPECT_EQ(parse_decimal("0", 10), 0U);
  EXPECT_EQ(parse_decimal("65535", 65535), 65535U);
  EXPECT_EQ(parse_decimal("18446744073709551615", ~std::uint64_t{0}), ~std::uint64_t{0});
  for (const auto* text : {"", "00", "07", "+7", "-7", " 7", "7 ", "7a", "11", "18446744073709551616"})
    EXPECT_FALSE(parse_decimal(text, 10)) << text;
}

}  // namespace
}  // namespace opwire::multiformats
