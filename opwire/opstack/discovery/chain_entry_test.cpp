#include "opwire/opstack/discovery/chain_entry.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "opwire/codec/hex.hpp"

namespace opwire::opstack {
namespace {

using discv5::NodeRecord;
using discv5::NodeRecordDraft;

const ByteArray<32> kKey{1};

boost::json::value load(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/opstack/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

NodeRecord with_entry(ByteView entry) {
  return NodeRecordDraft().set(kChainEntryKey, entry).sign(kKey, 1).value();
}

TEST(ChainEntry, IsWrittenAsOpNodeWritesIt) {
  EXPECT_EQ(codec::to_hex(encode({ChainId{10}, 0})), "0a00");
  EXPECT_EQ(codec::to_hex(encode({ChainId{8453}, 0})), "854200");
  EXPECT_EQ(codec::to_hex(encode({ChainId{UINT64_MAX}, 1})), "ffffffffffffffffff0101");
}

TEST(ChainEntry, IsReadBack) {
  for (const ChainEntry& entry : {ChainEntry{ChainId{10}, 0}, ChainEntry{ChainId{UINT64_MAX}, 7}}) {
    EXPECT_EQ(chain_entry(with_entry(encode(entry))), entry);
  }
}

TEST(ChainEntry, OfAllRealRecordsIsTheOneThatWasPublished) {
  const boost::json::value all = load("bootnodes_all.json");
  std::size_t with = 0;
  for (const auto& [text, facts] : all.at("enrs").as_object()) {
    const auto record = NodeRecord::parse_text(std::string_view(text));
    if (!record) continue;
    const boost::json::value* chain = facts.as_object().if_contains("chain_id");
    const auto entry = chain_entry(*record);
    EXPECT_EQ(entry.has_value(), chain != nullptr && !chain->is_null()) << std::string(text);
    if (!entry) continue;
    ++with;
    EXPECT_EQ(entry->chain.value, chain->to_number<std::uint64_t>());
    EXPECT_TRUE(is_of_chain(*record, entry->chain));
    EXPECT_FALSE(is_of_chain(*record, ChainId{entry->chain.value + 1}));
  }
  EXPECT_EQ(with, 20U);
}

TEST(ChainEntry, WhatFollowsItIsLetPass) {
  const Bytes entry{10, 0, 99, 99};
  EXPECT_TRUE(is_of_chain(with_entry(entry), ChainId{10}));
}

TEST(ChainEntry, NumbersNeedNotBeMinimal) {
  const Bytes entry{0x8a, 0x00, 0x80, 0x00};
  EXPECT_EQ(chain_entry(with_entry(entry)), (ChainEntry{ChainId{10}, 0}));
}

TEST(ChainEntry, OtherVersionsAreNotOurs) {
  EXPECT_FALSE(is_of_chain(with_entry(encode({ChainId{10}, 1})), ChainId{10}));
}

TEST(ChainEntry, WhatCannotBeReadIsNone) {
  const Bytes cases[] = {
      {}, {10}, {0x80}, {10, 0x80}, Bytes(11, 0x80), {255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 0}};
  for (const Bytes& entry : cases) EXPECT_FALSE(chain_entry(with_entry(entry))) << codec::to_hex(entry);
  EXPECT_FALSE(chain_entry(NodeRecordDraft().sign(kKey, 1).value()));
}

TEST(ChainEntry, PublishedEntriesAreTheSame) {
  const boost::json::value all = load("enr_opstack_entry.json");
  std::size_t checked = 0;
  for (const boost::json::value& vector : all.at("vectors").as_array()) {
    const ChainEntry entry{ChainId{vector.at("chain_id").to_number<std::uint64_t>()},
                           vector.at("fork_id").to_number<std::uint64_t>()};
    EXPECT_EQ(codec::to_hex(encode(entry)), std::string_view(vector.at("opstack_value_hex").as_string()));
    const NodeRecord record = with_entry(encode(entry));
    EXPECT_EQ(codec::to_hex(record.find(kChainEntryKey).value()), std::string_view(vector.at("rlp_hex").as_string()));
    EXPECT_EQ(chain_entry(record), entry);
    ++checked;
  }
  EXPECT_EQ(checked, 10U);
}

TEST(PeerIdOf, IsThePublishedOne) {
  const boost::json::value all = load("node_identity_vectors.json");
  std::size_t checked = 0;
  for (const boost::json::value& vector : all.at("vectors").as_array()) {
    const boost::json::value* text = vector.as_object().if_contains("enr");
    if (text == nullptr) continue;
    const NodeRecord record = NodeRecord::parse_text(std::string_view(text->as_string())).value();
    EXPECT_EQ(peer_id_of(record).to_string(), std::string_view(vector.at("libp2p_peer_id").as_string()));
    EXPECT_EQ(codec::to_hex(record.id().view()), std::string_view(vector.at("node_id").as_string()));
    ++checked;
  }
  EXPECT_EQ(checked, 1U);
}

TEST(PeerIdOf, WorksForAllRealRecords) {
  std::size_t checked = 0;
  const boost::json::value all = load("bootnodes_all.json");
  for (const auto& [text, facts] : all.at("enrs").as_object()) {
    const auto record = NodeRecord::parse_text(std::string_view(text));
    if (!record) continue;
    EXPECT_TRUE(equal(peer_id_of(*record).public_key()->data(), record->public_key()));
    ++checked;
  }
  EXPECT_EQ(checked, 41U);
}

TEST(TcpAddress, PrefersIpv4AndNeedsAPort) {
  const ByteArray<4> ip4{1, 2, 3, 4};
  const ByteArray<16> ip6{0x20, 1, 0xd, 0xb8};
  const discv5::IpFamilies both{true, true}, six{false, true}, four{true, false};
  const NodeRecord record = NodeRecordDraft()
                                .set("ip", ip4)
                                .set("ip6", ip6)
                                .set("tcp", std::uint64_t{9222})
                                .set("tcp6", std::uint64_t{9333})
                                .sign(kKey, 1)
                                .value();
  EXPECT_EQ(tcp_address(record, both)->to_string(), "/ip4/1.2.3.4/tcp/9222");
  EXPECT_EQ(tcp_address(record, six)->to_string(), "/ip6/2001:db8::/tcp/9333");
  const NodeRecord without = NodeRecordDraft().set("ip", ip4).sign(kKey, 1).value();
  EXPECT_FALSE(tcp_address(without, both));
  const NodeRecord zero = NodeRecordDraft().set("ip", ip4).set("tcp", std::uint64_t{0}).sign(kKey, 1).value();
  EXPECT_FALSE(tcp_address(zero, both));
  const NodeRecord only6 = NodeRecordDraft().set("ip6", ip6).set("tcp", std::uint64_t{9222}).sign(kKey, 1).value();
  EXPECT_FALSE(tcp_address(only6, four));
  EXPECT_EQ(tcp_address(only6, both)->to_string(), "/ip6/2001:db8::/tcp/9222");
}

TEST(TcpAddress, IsOneThatAHostHas) {
  const discv5::IpFamilies both{true, true};
  const auto at = [&](const char* key, ByteView ip) {
    return tcp_address(NodeRecordDraft().set(key, ip).set("tcp", std::uint64_t{9222}).sign(kKey, 1).value(), both);
  };
  EXPECT_TRUE(at("ip", ByteArray<4>{127, 0, 0, 1}));
  EXPECT_FALSE(at("ip", ByteArray<4>{}));
  EXPECT_FALSE(at("ip", ByteArray<4>{224, 0, 0, 1}));
  EXPECT_FALSE(at("ip", ByteArray<4>{255, 255, 255, 255}));
  EXPECT_FALSE(at("ip6", ByteArray<16>{}));
  EXPECT_FALSE(at("ip6", ByteArray<16>{0xff, 2}));
  EXPECT_FALSE(at("ip6", ByteArray<16>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace opwire::opstack
