#include "opwire/multiformats/ip_network.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/ip_text.hpp"

namespace opwire::multiformats {
namespace {

Bytes ip(std::string_view text) {
  if (const auto ip4 = parse_ip4(text)) return to_bytes(*ip4);
  return to_bytes(parse_ip6(text).value());
}
std::string written(std::string_view text) {
  return IpNetwork::parse(text).value().to_string();
}
bool holds(std::string_view network, std::string_view address) {
  return IpNetwork::parse(network).value().contains(ip(address));
}

TEST(IpNetwork, IsWrittenWithoutWhatIsBehindThePrefix) {
  EXPECT_EQ(written("10.0.0.0/8"), "10.0.0.0/8");
  EXPECT_EQ(written("10.255.255.255/9"), "10.128.0.0/9");
  EXPECT_EQ(written("192.0.2.1"), "192.0.2.1/32");
  EXPECT_EQ(written("255.255.255.255/0"), "0.0.0.0/0");
  EXPECT_EQ(written("fdff::1/8"), "fd00::/8");
  EXPECT_EQ(written("2001:DB8::1"), "2001:db8::1/128");
}

TEST(IpNetwork, EndsWhereItsPrefixDoes) {
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(holds("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(holds("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(holds("fd00::/8", "fdff::1"));
  EXPECT_FALSE(holds("fd00::/8", "fc00::1"));
}

TEST(IpNetwork, HoldsOneFamily) {
  EXPECT_TRUE(holds("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds("::/0", "ffff::"));
  EXPECT_FALSE(holds("::/0", "1.2.3.4"));
}

TEST(IpNetwork, MappedAddressesAreIPv4) {
  EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_FALSE(holds("10.0.0.0/8", "::ffff:11.1.2.3"));
  EXPECT_FALSE(holds("::/0", "::ffff:10.1.2.3"));
  EXPECT_EQ(written("::ffff:10.1.2.3/104"), "10.0.0.0/8");
  EXPECT_EQ(written("::ffff:10.1.2.3"), "10.1.2.3/32");
}

TEST(IpNetwork, OtherTextsAreRefused) {
  for (const auto* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8",
                           "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0/8", "10.0.0.0/255.0.0.0", "::/129", "[::]/8",
                           "fe80::1%lo", "example.org", "10.0.0.0,10.0.0.1"}) {
    const auto network = IpNetwork::parse(text);
    ASSERT_FALSE(network) << text;
    EXPECT_TRUE(network.error().is(errors::kBadNetwork)) << text;
  }
}

TEST(IpNetworkList, AnyOfThem) {
  const auto list = IpNetworkList::parse("10.0.0.0/8,fd00::/8, 192.0.2.1").value();
  for (const auto* inside : {"10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "192.0.2.1"})
    EXPECT_TRUE(list.contains(ip(inside))) << inside;
  for (const auto* outside : {"11.0.0.0", "192.0.2.2", "fe80::1"}) EXPECT_FALSE(list.contains(ip(outside))) << outside;
  EXPECT_EQ(list.to_string(), "10.0.0.0/8,fd00::/8,192.0.2.1/32");
}

TEST(IpNetworkList, BlanksAndEmptyItemsDoNotMatter) {
  EXPECT_EQ(IpNetworkList::parse(" ,10.0.0.0/8 ,,\t\n fd00::/8,").value().to_string(), "10.0.0.0/8,fd00::/8");
  for (const auto* text : {"", ",", " , ,\r\n"}) {
    const auto list = IpNetworkList::parse(text).value();
    EXPECT_TRUE(list.empty()) << text;
    EXPECT_FALSE(list.contains(ip("10.0.0.1")));
  }
}

TEST(IpNetworkList, NamesTheItemThatIsNone) {
  const auto list = IpNetworkList::parse("10.0.0.0/8, fd00::/200 ,::/0");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error(), "\"fd00::/200\": not a network such as 10.0.0.0/8 (no prefix length after the slash)");
}

}  // namespace
}  // namespace opwire::multiformats
