#include "opwire/discv5/contact.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/records_for_test.hpp"

namespace opwire::discv5 {
namespace {

using test::ip_bytes;

constexpr IpFamilies kBoth{.v4 = true, .v6 = true}, kOnly4{.v4 = true, .v6 = false}, kOnly6{.v4 = false, .v6 = true};

NodeRecord sign(const NodeRecordDraft& draft) {
  return draft.sign(test::key_of(1), 1).value();
}

std::string endpoint_of(const NodeRecordDraft& draft, IpFamilies families) {
  const auto endpoint = udp_endpoint(sign(draft), families);
  return endpoint ? endpoint->to_string() : "none";
}

NodeRecordDraft both(std::uint64_t udp, std::uint64_t udp6) {
  NodeRecordDraft draft;
  draft.set("ip", ip_bytes("8.8.4.4")).set("ip6", ip_bytes("2600::1"));
  return draft.set("udp", udp).set("udp6", udp6);
}

NodeRecordDraft with(std::string_view ip) {
  NodeRecordDraft draft;
  const Bytes bytes = ip_bytes(ip);
  return draft.set(bytes.size() == 4 ? "ip" : "ip6", bytes).set("udp", std::uint64_t{9});
}

bool relays(std::string_view teller, std::string_view told) {
  return may_relay(ip_bytes(teller), ip_bytes(told));
}

TEST(Contact, TheEndpointOfAFamilyThatWeReach) {
  EXPECT_EQ(endpoint_of(both(1, 2), kBoth), "8.8.4.4:1");
  EXPECT_EQ(endpoint_of(both(1, 2), kOnly4), "8.8.4.4:1");
  EXPECT_EQ(endpoint_of(both(1, 2), kOnly6), "[2600::1]:2");
  EXPECT_EQ(endpoint_of(both(0, 2), kBoth), "[2600::1]:2");
  EXPECT_EQ(endpoint_of(both(1, 0), kOnly6), "none");
  EXPECT_EQ(endpoint_of(both(1, 2), {.v4 = false, .v6 = false}), "none");
  EXPECT_EQ(endpoint_of(with("2600::1"), kOnly4), "none");
}

TEST(Contact, UdpIsForBothWhereThereIsNoUdp6) {
  EXPECT_EQ(endpoint_of(with("2600::1"), kOnly6), "[2600::1]:9");
}

TEST(Contact, NothingWithoutAddressOrPort) {
  EXPECT_EQ(endpoint_of(NodeRecordDraft().set("udp", std::uint64_t{9}), kBoth), "none");
  EXPECT_EQ(endpoint_of(NodeRecordDraft().set("ip", ip_bytes("8.8.4.4")), kBoth), "none");
  EXPECT_EQ(endpoint_of(NodeRecordDraft().set("ip", ip_bytes("8.8.4.4")).set("tcp", std::uint64_t{9}), kBoth), "none");
}

TEST(Contact, NothingWhereNoHostCanBe) {
  for (const char* ip : {"0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:8.8.4.4"})
    EXPECT_EQ(endpoint_of(with(ip), kBoth), "none") << ip;
}

TEST(Contact, SaysWhatTheRecordSays) {
  const auto record = std::make_shared<NodeRecord>(sign(both(1, 2)));
  const Contact contact = contact_of(record, kOnly6).value();
  EXPECT_EQ(contact.id, record->id());
  EXPECT_TRUE(equal(contact.public_key, record->public_key()));
  EXPECT_EQ(contact.endpoint, test::endpoint_at("2600::1", 2));
  EXPECT_EQ(contact.record, record);
  EXPECT_FALSE(contact_of(record, {.v4 = false, .v6 = false}));
}

TEST(Contact, PublicAddressesMayBeToldByAll) {
  for (const char* teller : {"8.8.4.4", "192.168.1.1", "127.0.0.1", "2600::1", "::1"}) {
    EXPECT_TRUE(relays(teller, "1.1.1.1")) << teller;
    EXPECT_TRUE(relays(teller, "2600::2")) << teller;
  }
}

TEST(Contact, PrivateAddressesAreKnownToPrivateOnes) {
  for (const char* told : {"10.0.0.1", "192.168.1.1", "172.16.0.1", "fd00::1", "fe80::1"}) {
    EXPECT_FALSE(relays("8.8.4.4", told)) << told;
    EXPECT_FALSE(relays("2600::1", told)) << told;
    EXPECT_TRUE(relays("10.9.9.9", told)) << told;
    EXPECT_TRUE(relays("127.0.0.1", told)) << told;
  }
}

TEST(Contact, LoopbackIsKnownToLoopback) {
  for (const char* told : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(relays("8.8.4.4", told)) << told;
    EXPECT_FALSE(relays("192.168.1.1", told)) << told;
    EXPECT_TRUE(relays("127.0.0.1", told)) << told;
    EXPECT_TRUE(relays("::1", told)) << told;
  }
}

TEST(Contact, SomeAddressesAreNobodys) {
  for (const char* told : {"0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "::ffff:0.0.0.0"}) {
    EXPECT_FALSE(relays("127.0.0.1", told)) << told;
    EXPECT_FALSE(relays("8.8.4.4", told)) << told;
  }
  EXPECT_FALSE(may_relay(ip_bytes("127.0.0.1"), Bytes(5)));
}

}  // namespace
}  // namespace opwire::discv5
