#include "opwire/opstack/reputation/block_list.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

using multiformats::IpNetwork;

Ip ip(std::string_view text) {
  return Ip::parse_text(text).value();
}
IpNetwork net(std::string_view text) {
  return IpNetwork::parse(text).value();
}
template <class Items>
std::string texts(const Items& items) {
  std::string all;
  for (const auto& item : items) all += item.to_string() + " ";
  return all;
}

TEST(BlockList, NobodyIsBlockedAtFirst) {
  const BlockList blocks;
  EXPECT_FALSE(blocks.is_blocked(peer(1)));
  EXPECT_FALSE(blocks.is_blocked(ip("192.0.2.1")));
}

TEST(BlockList, BlocksAndUnblocks) {
  BlockList blocks;
  EXPECT_TRUE(blocks.block_peer(peer(1)));
  EXPECT_TRUE(blocks.block_peer(peer(1)));
  EXPECT_TRUE(blocks.block_address(ip("192.0.2.1")));
  EXPECT_TRUE(blocks.is_blocked(peer(1)));
  EXPECT_FALSE(blocks.is_blocked(peer(2)));
  EXPECT_TRUE(blocks.is_blocked(ip("::ffff:192.0.2.1")));
  EXPECT_FALSE(blocks.is_blocked(ip("192.0.2.2")));
  EXPECT_TRUE(blocks.unblock_peer(peer(1)));
  EXPECT_FALSE(blocks.unblock_peer(peer(1)));
  EXPECT_TRUE(blocks.unblock_address(ip("192.0.2.1")));
  EXPECT_FALSE(blocks.is_blocked(peer(1)));
  EXPECT_FALSE(blocks.is_blocked(ip("192.0.2.1")));
}

TEST(BlockList, ASubnetBlocksItsAddresses) {
  BlockList blocks;
  EXPECT_TRUE(blocks.block_subnet(net("192.0.2.0/24")));
  EXPECT_TRUE(blocks.block_subnet(net("2001:db8::/32")));
  EXPECT_TRUE(blocks.is_blocked(ip("192.0.2.255")));
  EXPECT_FALSE(blocks.is_blocked(ip("192.0.3.0")));
  EXPECT_TRUE(blocks.is_blocked(ip("2001:db8:1::")));
  EXPECT_FALSE(blocks.unblock_address(ip("192.0.2.255")));
  EXPECT_TRUE(blocks.unblock_subnet(net("192.0.2.99/24")));  // the same network
  EXPECT_FALSE(blocks.is_blocked(ip("192.0.2.255")));
}

TEST(BlockList, ListsAreInOrder) {
  BlockList blocks;
  for (const std::uint32_t number : {3, 1, 2}) EXPECT_TRUE(blocks.block_peer(peer(number)));
  for (const char* text : {"2001:db8::1", "10.0.0.1", "9.0.0.1"}) EXPECT_TRUE(blocks.block_address(ip(text)));
  for (const char* text : {"fd00::/8", "10.0.0.0/8", "10.1.0.0/16"}) EXPECT_TRUE(blocks.block_subnet(net(text)));
  EXPECT_EQ(blocks.peers(), (std::vector{peer(1), peer(2), peer(3)}));
  EXPECT_EQ(texts(blocks.addresses()), "9.0.0.1 10.0.0.1 2001:db8::1 ");
  EXPECT_EQ(texts(blocks.subnets()), "10.0.0.0/8 10.1.0.0/16 fd00::/8 ");
}

TEST(BlockList, IsBounded) {
  BlockList blocks({.max_peers = 1, .max_addresses = 1, .max_subnets = 1});
  EXPECT_TRUE(blocks.block_peer(peer(1)));
  EXPECT_EQ(blocks.block_peer(peer(2)).error().name(), errors::kBlocksFull.name);
  EXPECT_TRUE(blocks.block_peer(peer(1)));
  EXPECT_TRUE(blocks.block_address(ip("10.0.0.1")));
  EXPECT_FALSE(blocks.block_address(ip("10.0.0.2")));
  EXPECT_TRUE(blocks.block_subnet(net("10.0.0.0/8")));
  EXPECT_FALSE(blocks.block_subnet(net("10.0.0.0/9")));
  EXPECT_FALSE(blocks.load(Table::kBlockedPeers, peer(2).bytes(), as_bytes(peer(2).to_string())));
}

TEST(BlockList, LoadsWhatWasWritten) {
  Journal journal;
  BlockList blocks({}, &journal);
  EXPECT_TRUE(blocks.block_peer(peer(1)));
  EXPECT_TRUE(blocks.block_address(ip("10.0.0.1")));
  EXPECT_TRUE(blocks.block_subnet(net("fd00::/8")));
  BlockList other;
  for (const Change& change : journal.take_changes(10)) {
    ASSERT_TRUE(change.now);
    EXPECT_TRUE(other.load(change.table, change.key, change.now->value));
  }
  EXPECT_EQ(other.peers(), blocks.peers());
  EXPECT_EQ(other.addresses(), blocks.addresses());
  EXPECT_EQ(other.subnets(), blocks.subnets());

  blocks.unblock_peer(peer(1));
  blocks.unblock_address(ip("10.0.0.1"));
  blocks.unblock_subnet(net("fd00::/8"));
  const auto gone = journal.take_changes(10);
  ASSERT_EQ(gone.size(), 3u);
  for (const Change& change : gone) EXPECT_FALSE(change.now);
}

TEST(BlockList, ABadRecordConcernsNoOther) {
  BlockList blocks;
  const auto expect_refused = [&](Table table, ByteView key, std::string_view value) {
    EXPECT_EQ(blocks.load(table, key, as_bytes(value)).error().name(), errors::kRecordKey.name) << value;
  };
  expect_refused(Table::kBlockedPeers, Bytes{1}, "x");
  expect_refused(Table::kBlockedPeers, peer(1).bytes(), peer(2).to_string());
  expect_refused(Table::kBlockedAddresses, Bytes(5), "10.0.0.1");
  expect_refused(Table::kBlockedAddresses, Bytes(4), "10.0.0.1");
  expect_refused(Table::kBlockedSubnets, as_bytes("10.0.0.1/8"), "10.0.0.1/8");  // bits behind the prefix
  expect_refused(Table::kBlockedSubnets, as_bytes("x"), "x");
  expect_refused(Table::kScores, peer(1).bytes(), peer(1).to_string());
  EXPECT_TRUE(blocks.load(Table::kBlockedAddresses, Bytes(4), as_bytes("0.0.0.0")));
}

}  // namespace
}  // namespace opwire::opstack::reputation
