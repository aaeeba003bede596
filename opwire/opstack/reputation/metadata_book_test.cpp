#include "opwire/opstack/reputation/metadata_book.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/disk_for_test.hpp"
#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

constexpr const char* kText = R"({"lastUpdate":1700000005,"peerMetadata":{"enr":"enr:-abc_D","opStackID":10}})";
constexpr std::uint64_t kWeek = 7 * 24 * 3600;

TEST(PeerMetadata, IsWrittenAsOpNodeDoes) {
  const PeerMetadata metadata{"enr:-abc_D", ChainId{10}, at(5)};
  EXPECT_EQ(to_json(metadata), kText);
  EXPECT_EQ(parse_peer_metadata(kText).value(), metadata);
  EXPECT_EQ(parse_peer_metadata("{}").value(), PeerMetadata());
  EXPECT_EQ(parse_peer_metadata(R"({"peerMetadata":{"opStackID":18446744073709551615}})")->chain.value, ~0ull);
}

TEST(PeerMetadata, WhatIsNoneIsNotRead) {
  const auto refused = [](const std::string& text) { return parse_peer_metadata(text).error(); };
  EXPECT_TRUE(refused("[]").is(errors::kRecordJson));
  EXPECT_TRUE(refused(R"({"peerMetadata":7})").is(errors::kRecordJson));
  EXPECT_TRUE(refused(R"({"peerMetadata":{"enr":"enr:\u001b[2J"}})").is(errors::kRecordJson));
  EXPECT_TRUE(refused(R"({"peerMetadata":{"enr":")" + std::string(405, 'a') + R"("}})").is(errors::kRecordJson));
  EXPECT_TRUE(refused(R"({"peerMetadata":{"opStackID":-1}})").is(errors::kRecordNumber));
  EXPECT_TRUE(refused(R"({"peerMetadata":{"opStackID":18446744073709551616}})").is(errors::kRecordNumber));
  EXPECT_TRUE(refused(R"({"lastUpdate":9000000001})").is(errors::kRecordTime));
  EXPECT_TRUE(refused(std::string(5000, ' ')).is(errors::kRecordTooLong));
}

TEST(MetadataBook, KeepsARecordForSevenDaysAfterItsLastUpdate) {
  MetadataBook book;
  book.set(peer(1), "enr:-a", ChainId{10}, at(0));
  EXPECT_EQ(book.find(peer(1), at(kWeek))->enr, "enr:-a");
  EXPECT_FALSE(book.find(peer(1), at(kWeek + 1)));
  EXPECT_EQ(book.gc(at(kWeek), 10), 0u);
  book.set(peer(1), "enr:-a", ChainId{10}, at(kWeek));
  EXPECT_TRUE(book.find(peer(1), at(2 * kWeek)));
  EXPECT_EQ(book.gc(at(2 * kWeek + 1), 10), 1u);
  EXPECT_EQ(book.size(), 0u);
  book.set(peer(1), "not \n one", ChainId{10}, at(0));
  EXPECT_EQ(book.size(), 0u);
}

TEST(MetadataBook, WhoWasUpdatedLongestAgoMakesRoom) {
  MetadataBook book({.max_peers = 2});
  for (std::uint32_t i = 1; i <= 2; ++i) book.set(peer(i), "enr:-a", ChainId{10}, at(i));
  book.set(peer(1), "enr:-b", ChainId{10}, at(3));
  book.set(peer(3), "enr:-a", ChainId{10}, at(4));
  EXPECT_FALSE(book.find(peer(2), at(4)));
  EXPECT_TRUE(book.find(peer(1), at(4)));
}

TEST(MetadataBook, TheSameIsWrittenOnceInAnHour) {
  Journal journal;
  MetadataBook book({}, &journal);
  Disk disk;
  book.set(peer(1), "enr:-a", ChainId{10}, at(0));
  disk.write_all(journal);
  book.set(peer(1), "enr:-a", ChainId{10}, at(3599));
  EXPECT_EQ(journal.waiting(), 0u);
  book.set(peer(1), "enr:-b", ChainId{10}, at(3599));
  EXPECT_EQ(journal.waiting(), 1u);
  disk.write_all(journal);
  book.set(peer(1), "enr:-b", ChainId{10}, at(7199));
  EXPECT_EQ(journal.waiting(), 1u);
}

TEST(MetadataBook, TheDiskHasWhatMemoryHas) {
  Journal journal;
  MetadataBook book({}, &journal);
  Disk disk;
  book.set(peer(1), "enr:-a", ChainId{10}, at(0));
  book.set(peer(2), "enr:-b", ChainId{0}, at(kWeek));
  disk.write_all(journal);
  MetadataBook loaded;
  for (const auto& [key, value] : disk.entries(Table::kMetadata)) ASSERT_TRUE(loaded.load(key, value, at(kWeek + 1)));
  EXPECT_FALSE(loaded.find(peer(1), at(0))) << "expired when it was read";
  EXPECT_EQ(loaded.find(peer(2), at(kWeek + 1)), book.find(peer(2), at(kWeek + 1)));
  EXPECT_TRUE(loaded.load(as_bytes("x"), as_bytes(kText), at(0)).error().is(errors::kRecordKey));
  EXPECT_TRUE(loaded.load(peer(3).bytes(), as_bytes("x"), at(0)).error().is(errors::kRecordJson));
  book.gc(at(kWeek + 1), 10);
  disk.write_all(journal);
  EXPECT_EQ(disk.entries(Table::kMetadata).size(), 1u);
}

TEST(MetadataBook, GivesTheRecordsOfAChain) {
  MetadataBook book;
  book.set(peer(1), "enr:a", ChainId{10}, at(0));
  book.set(peer(2), "enr:b", ChainId{8453}, at(0));
  book.set(peer(3), "", ChainId{10}, at(0));
  EXPECT_EQ(book.records_of(ChainId{10}, at(0), 10), std::vector<std::string>{"enr:a"});
  EXPECT_TRUE(book.records_of(ChainId{10}, at(0), 0).empty());
  EXPECT_TRUE(book.records_of(ChainId{10}, at(0) + kMetadataKept + std::chrono::seconds(1), 10).empty());
}

}  // namespace
}  // namespace opwire::opstack::reputation
