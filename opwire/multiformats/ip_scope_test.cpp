#include "opwire/multiformats/ip_scope.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/ip_text.hpp"

namespace opwire::multiformats {
namespace {

Bytes ip(std::string_view text) {
  if (const auto ip4 = parse_ip4(text)) return to_bytes(*ip4);
  return to_bytes(parse_ip6(text).value());
}

TEST(IpScope, Loopback) {
  for (const auto* text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback_ip(ip(text))) << text;
  for (const auto* text :
       {"126.255.255.255", "128.0.0.0", "10.0.0.1", "::", "::2", "::127.0.0.1", "::ffff:10.0.0.1", "fe80::1"})
    EXPECT_FALSE(is_loopback_ip(ip(text))) << text;
}

TEST(IpScope, PrefixesAreComparedBitByBit) {
  EXPECT_TRUE(has_ip_prefix(ip("10.1.2.3"), ip("10.1.0.0"), 16));
  EXPECT_FALSE(has_ip_prefix(ip("10.2.2.3"), ip("10.1.0.0"), 16));
  EXPECT_TRUE(has_ip_prefix(ip("100.127.255.255"), ip("100.64.0.0"), 10));
  EXPECT_FALSE(has_ip_prefix(ip("100.128.0.0"), ip("100.64.0.0"), 10));
  EXPECT_TRUE(has_ip_prefix(ip("1.2.3.4"), ip("1.2.3.4"), 32));
  EXPECT_FALSE(has_ip_prefix(ip("1.2.3.5"), ip("1.2.3.4"), 32));
  EXPECT_TRUE(has_ip_prefix(ip("2001:db8::1"), ip("::"), 0));
  EXPECT_FALSE(has_ip_prefix(ip("1.2.3.4"), ip("::"), 0)) << "another length";
  EXPECT_FALSE(has_ip_prefix(ip("1.2.3.4"), ip("1.2.3.4"), 33)) << "longer than the address";
}

TEST(IpScope, NotPublic) {
  for (const auto* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "169.254.0.1",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.7",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::10.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:192.168.1.1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001:db8::1",
                           "3fff::1",
                           "3fff:fff::1",
                           "fc00::1",
                           "fdff::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1",
                           "1fff::1"})
    EXPECT_FALSE(is_public_ip(ip(text))) << text;
}

TEST(IpScope, Public) {
  for (const auto* text : {"1.1.1.1",          "9.255.255.255",        "11.0.0.0",
                           "100.63.255.255",   "100.128.0.0",          "126.0.0.1",
                           "128.0.0.1",        "169.253.255.255",      "169.255.0.0",
                           "172.15.255.255",   "172.32.0.0",           "192.0.1.0",
                           "192.0.3.0",        "192.167.255.255",      "192.169.0.0",
                           "198.17.255.255",   "198.20.0.0",           "198.51.101.0",
                           "203.0.114.0",      "223.255.255.255",      "::ffff:8.8.8.8",
                           "64:ff9b::8.8.8.8", "2001:4860:4860::8888", "2606:4700::1111",
                           "3ffe::1",          "3fff:1000::1",         "2001:db7::1",
                           "2001:db9::1"})
    EXPECT_TRUE(is_public_ip(ip(text))) << text;
}

}  // namespace
}  // namespace opwire::multiformats
