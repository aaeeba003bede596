#include "opwire/opstack/discovery/bootnodes.hpp"

#include <gtest/gtest.h>

#include <set>

#include "opwire/base/log.hpp"
#include "opwire/opstack/discovery/bootnodes_csv.hpp"
#include "opwire/opstack/discovery/records_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

const std::string kKey =
    "ca2774c3c401325850b2477fd7d0f27911efbf79b1e8b335066516e2bd8c4c9e0ba9696a94b1cb030a88eac582305ff55e905e64fb77fe0edc"
    "d70a"
    "4e5296d3ec";
constexpr discv5::IpFamilies kBoth{true, true};

discv5::NodeId id_of(const std::string& text) {
  const auto bootnode = parse_bootnode(text).value();
  return bootnode.record ? bootnode.record->id() : bootnode.enode->id();
}

TEST(Bootnodes, EveryLineOfTheFileCanBeRead) {
  std::string_view csv = kBootnodesCsv;
  std::size_t rows = 0;
  csv.remove_prefix(csv.find('\n') + 1);
  while (!csv.empty()) {
    const std::string_view line = csv.substr(0, csv.find('\n'));
    csv.remove_prefix(line.size() + 1);
    const std::size_t first = line.find(','), second = line.find(',', first + 1);
    ASSERT_NE(second, std::string_view::npos) << line;
    EXPECT_TRUE(parse_bootnode(line.substr(first + 1, second - first - 1))) << line;
    EXPECT_GT(line.size(), second + 1) << "no source: " << line;
    ++rows;
  }
  EXPECT_EQ(rows, 39u);
}

TEST(Bootnodes, OfAnUnknownChainAreOpNodesOwn) {
  const auto all = default_bootnodes(ChainId{424242});
  EXPECT_EQ(all.size(), 12u);  // of 13, two are the same node
  EXPECT_TRUE(all.front().starts_with("enode://869d07b5"));
}

TEST(Bootnodes, AChainsOwnComeFirstAndEachNodeOnce) {
  const auto all = default_bootnodes(ChainId{10});
  EXPECT_EQ(all.size(), 15u);
  EXPECT_EQ(all.front(), "enode://" + kKey + "@34.65.175.185:30305");
  std::set<discv5::NodeId> seen;
  for (const std::string& text : all) EXPECT_TRUE(seen.insert(id_of(text)).second) << text;
  EXPECT_EQ(default_bootnodes(ChainId{84532}).size(), 16u);
}

TEST(Bootnodes, WhatIsNoBootnodeIsNamed) {
  for (const std::string text : {"", "enr:abc", "enode://12@1.2.3.4:5", "/ip4/1.2.3.4/tcp/5"}) {
    const auto bootnode = parse_bootnode(text);
    ASSERT_FALSE(bootnode);
    EXPECT_TRUE(bootnode.error().starts_with("'" + text + "': ")) << bootnode.error();
    EXPECT_GT(bootnode.error().size(), text.size() + 10);
  }
  EXPECT_FALSE(parse_bootnode("enode://" + kKey + "@1.2.3.4:0"));
}

class ResolveBootnodes : public testing::Test {
 protected:
  std::vector<discv5::Contact> resolve(const std::vector<std::string>& hosts, discv5::IpFamilies families = kBoth) {
    std::vector<Bootnode> bootnodes;
    for (const std::string& host : hosts) {
      bootnodes.push_back(parse_bootnode("enode://" + kKey + "@" + host + ":9222?discport=30301").value());
    }
    const TimePoint deadline = loop_.now() + std::chrono::seconds(5);
    return loop_.run(resolve_bootnodes(std::move(bootnodes), resolver_, families, loop_, deadline));
  }
  SimulatedLoop loop_;
  net::StaticResolver resolver_;
};

TEST_F(ResolveBootnodes, AddressesAreTakenAsTheyAre) {
  const auto contacts = resolve({"1.2.3.4", "[2001:db8::1]", "[::ffff:1.2.3.5]"});
  ASSERT_EQ(contacts.size(), 3u);
  EXPECT_EQ(contacts[0].endpoint.to_string(), "1.2.3.4:30301");
  EXPECT_EQ(contacts[1].endpoint.to_string(), "[2001:db8::1]:30301");
  EXPECT_EQ(contacts[2].endpoint.to_string(), "1.2.3.5:30301");
  EXPECT_EQ(contacts[0].record, nullptr);
  const auto enode = discv5::EnodeUrl::parse("enode://" + kKey + "@1.2.3.4:1").value();
  EXPECT_EQ(contacts[0].id, enode.id());
  EXPECT_TRUE(equal(contacts[0].public_key, enode.public_key()));
}

TEST_F(ResolveBootnodes, OneNameThatDoesNotResolveIsLeftOutWithAWarning) {
  resolver_.add_address("one.example", ByteArray<4>{1, 1, 1, 1});
  const log::Capture log;
  const auto contacts = resolve({"none.example", "one.example"});
  ASSERT_EQ(contacts.size(), 1u);
  EXPECT_EQ(contacts[0].endpoint.to_string(), "1.1.1.1:30301");
  EXPECT_NE(log.text().find("none.example"), std::string::npos) << log.text();
  EXPECT_EQ(log.text().find("one.example:"), log.text().rfind("one.example:")) << log.text();
}

TEST_F(ResolveBootnodes, OnlyAddressesThatWeReachAreTaken) {
  resolver_.add_address("six.example", ByteArray<16>{0x20, 1, 0xd, 0xb8});
  const log::Capture log;
  EXPECT_EQ(resolve({"[2001:db8::1]", "six.example"}, {true, false}).size(), 0u);
  EXPECT_EQ(resolve({"1.2.3.4", "six.example"}, {false, true}).size(), 1u);
}

/// Answers after a second.
class SlowResolver final : public net::Resolver {
 public:
  explicit SlowResolver(Loop& loop) : loop_(loop) {}
  Task<Result<std::vector<Bytes>>> addresses(std::string, net::IpFamily, TimePoint) override {
    co_await sleep_for(loop_, std::chrono::seconds(1));
    co_return std::vector<Bytes>(1, Bytes{1, 2, 3, 4});
  }
  Task<Result<std::vector<std::string>>> texts(std::string, TimePoint) override { co_return opwire::errors::kTimeout; }

 private:
  Loop& loop_;
};

TEST_F(ResolveBootnodes, NamesAreResolvedSideBySide) {
  SlowResolver slow(loop_);
  const TimePoint begun = loop_.now();
  std::vector<Bootnode> bootnodes(10, parse_bootnode("enode://" + kKey + "@a.example:1").value());
  const auto contacts =
      loop_.run(resolve_bootnodes(std::move(bootnodes), slow, kBoth, loop_, begun + std::chrono::seconds(5)));
  EXPECT_EQ(contacts.size(), 10u);
  EXPECT_EQ(loop_.now() - begun, std::chrono::seconds(1));
}

TEST_F(ResolveBootnodes, RecordsAreUsedAtTheirOwnAddress) {
  const auto record = test::record_of(1, ChainId{10}, "1.2.3.4");
  std::vector<Bootnode> bootnodes(1, Bootnode{record, std::nullopt});
  const auto contacts = loop_.run(resolve_bootnodes(std::move(bootnodes), resolver_, kBoth, loop_, loop_.now()));
  ASSERT_EQ(contacts.size(), 1u);
  EXPECT_EQ(contacts[0].record, record);
  EXPECT_EQ(contacts[0].endpoint.to_string(), "1.2.3.4:9222");
}

}  // namespace
}  // namespace opwire::opstack
