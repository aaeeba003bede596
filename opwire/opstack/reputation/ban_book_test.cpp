#include "opwire/opstack/reputation/ban_book.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

using std::chrono::milliseconds;
constexpr std::uint64_t kDay = 86'400;

Ip ip(std::string_view text) {
  return Ip::parse_text(text).value();
}
Bytes text(const Ban& ban) {
  return to_bytes(as_bytes(to_json(ban)));
}

TEST(BanBook, WhoIsNotBannedIsFree) {
  BanBook book;
  EXPECT_EQ(book.peers.lookup(peer(1), at(0)).standing, Standing::kFree);
  EXPECT_FALSE(book.peers.find(peer(1), at(0)));
  EXPECT_FALSE(book.peers.lift(peer(1)));
}

TEST(BanBook, ABanIsOverAtItsSecond) {
  BanBook book;
  book.peers.ban(peer(1), at(10) + milliseconds(999), "", std::nullopt, at(0));
  const BanLookup before = book.peers.lookup(peer(1), at(10) - Duration(1));
  EXPECT_EQ(before.standing, Standing::kBanned);
  EXPECT_EQ(before.until, at(10));
  EXPECT_EQ(book.peers.ended(), 0u);
  EXPECT_EQ(book.peers.lookup(peer(1), at(10)).standing, Standing::kEnded);
  EXPECT_EQ(book.peers.lookup(peer(1), at(10)).standing, Standing::kFree);  // it was deleted
  EXPECT_EQ(book.peers.ended(), 1u);
}

TEST(BanBook, KnowsWhy) {
  BanBook book;
  PeerScores scores;
  scores.gossip.total = -120;
  const auto made = book.peers.ban(peer(1), at(3600), "a\nreason", scores, at(0) + milliseconds(1));
  EXPECT_EQ(made, (Ban{at(3600), at(0), "a?reason", scores}));
  EXPECT_EQ(book.peers.find(peer(1), at(1)), made);
}

TEST(BanBook, PeersAndAddressesAreApart) {
  BanBook book;
  book.ips.ban(ip("::ffff:192.0.2.1"), at(10), "", std::nullopt, at(0));
  EXPECT_TRUE(book.ips.find(ip("192.0.2.1"), at(0)));
  EXPECT_FALSE(book.ips.find(ip("192.0.2.2"), at(0)));
  EXPECT_EQ(book.peers.size(), 0u);
}

TEST(BanBook, AnotherBanTakesItsPlace) {
  BanBook book;
  book.peers.ban(peer(1), at(100), "long", std::nullopt, at(0));
  book.peers.ban(peer(1), at(50), "short", std::nullopt, at(1));
  EXPECT_EQ(book.peers.find(peer(1), at(1)), (Ban{at(50), at(1), "short", std::nullopt}));
  EXPECT_EQ(book.peers.list(at(1)).size(), 1u);
  EXPECT_EQ(book.peers.gc(at(50), 10), 1u);
}

TEST(BanBook, ATimeOfZeroLifts) {
  BanBook book;
  book.peers.ban(peer(1), at(100), "", std::nullopt, at(0));
  EXPECT_FALSE(book.peers.ban(peer(1), WallTime{}, "", std::nullopt, at(1)));
  EXPECT_EQ(book.peers.size(), 0u);
  EXPECT_EQ(book.peers.ended(), 0u);
}

TEST(BanBook, NoBanOutlivesItsRecord) {
  BanBook book;
  book.peers.ban(peer(1), at(30 * kDay), "", std::nullopt, at(0));
  const BanLookup last = book.peers.lookup(peer(1), at(7 * kDay));
  EXPECT_EQ(last.standing, Standing::kBanned);
  EXPECT_EQ(last.until, at(7 * kDay));
  EXPECT_FALSE(book.peers.find(peer(1), at(7 * kDay) + Duration(1)));
  EXPECT_EQ(book.peers.lookup(peer(1), at(7 * kDay) + Duration(1)).standing, Standing::kEnded);
}

TEST(BanBook, ListsThoseFirstThatEndFirst) {
  BanBook book;
  book.peers.ban(peer(4), at(30), "", std::nullopt, at(0));
  book.peers.ban(peer(1), at(40), "", std::nullopt, at(0));
  book.peers.ban(peer(3), at(30), "", std::nullopt, at(0));
  book.peers.ban(peer(2), at(20), "", std::nullopt, at(0));
  std::vector<PeerId> listed;
  for (const auto& entry : book.peers.list(at(20))) listed.push_back(entry.key);
  EXPECT_EQ(listed, (std::vector{peer(3), peer(4), peer(1)}));
}

TEST(BanBook, WhenFullTheFirstToEndGoes) {
  BanBook book({.max_peers = 3, .max_ips = 1});
  for (std::uint32_t i = 1; i <= 3; ++i) book.peers.ban(peer(i), at(100 - i), "", std::nullopt, at(0));
  book.peers.ban(peer(4), at(200), "", std::nullopt, at(1));
  EXPECT_FALSE(book.peers.find(peer(3), at(1)));
  EXPECT_EQ(book.peers.size(), 3u);
  book.peers.ban(peer(5), at(2), "", std::nullopt, at(1));  // ends before all others
  EXPECT_FALSE(book.peers.find(peer(5), at(1)));
  EXPECT_EQ(book.peers.ended(), 0u);
}

TEST(BanBook, CollectsWhatIsOverInSmallSteps) {
  Journal journal;
  BanBook book({}, &journal);
  for (std::uint32_t i = 0; i < 10; ++i) book.peers.ban(peer(i), at(i + 1), "", std::nullopt, at(0));
  journal.take_changes(100);
  EXPECT_EQ(book.peers.gc(at(8), 5), 5u);
  EXPECT_EQ(book.peers.gc(at(8), 5), 3u);
  EXPECT_EQ(book.peers.gc(at(8), 5), 0u);
  EXPECT_EQ(book.peers.size(), 2u);
  EXPECT_EQ(book.peers.ended(), 8u);
  EXPECT_EQ(journal.waiting(), 8u);
}

TEST(BanBook, LoadsWhatWasWritten) {
  Journal journal;
  BanBook book({}, &journal);
  book.peers.ban(peer(1), at(3600), "why", PeerScores{}, at(0));
  book.ips.ban(ip("2001:db8::1"), at(60), "", std::nullopt, at(0));
  BanBook other;
  for (const Change& change : journal.take_changes(10)) {
    ASSERT_TRUE(change.now);
    EXPECT_EQ(change.now->rank, unix_seconds(at(0)));
    const auto loaded = change.table == Table::kPeerBans ? other.peers.load(change.key, change.now->value, at(1))
                                                         : other.ips.load(change.key, change.now->value, at(1));
    EXPECT_TRUE(loaded);
  }
  EXPECT_EQ(other.peers.find(peer(1), at(1)), book.peers.find(peer(1), at(1)));
  EXPECT_EQ(other.ips.find(ip("2001:db8::1"), at(1)), book.ips.find(ip("2001:db8::1"), at(1)));
  book.peers.lift(peer(1));
  EXPECT_FALSE(journal.take_changes(10).at(0).now);
}

TEST(BanBook, MemoryKnowsBetterThanTheDisk) {
  BanBook book;
  book.peers.ban(peer(1), at(10), "new", std::nullopt, at(1));
  ASSERT_TRUE(book.peers.load(peer(1).bytes(), text({at(99), at(0), "old", std::nullopt}), at(2)));
  EXPECT_EQ(book.peers.find(peer(1), at(2))->reason, "new");
}

TEST(BanBook, WhatIsOverOnTheDiskGoesFromThere) {
  Journal journal;
  BanBook book({}, &journal);
  ASSERT_TRUE(book.peers.load(peer(1).bytes(), text({at(10), at(0), "", std::nullopt}), at(10)));
  ASSERT_TRUE(book.peers.load(peer(2).bytes(), text({at(9 * kDay), at(0), "", std::nullopt}), at(8 * kDay)));
  EXPECT_EQ(book.peers.size(), 0u);
  EXPECT_EQ(journal.waiting(), 2u);
}

TEST(BanBook, ATimeToComeCountsAsNow) {
  BanBook book;
  ASSERT_TRUE(book.peers.load(peer(1).bytes(), text({at(99 * kDay), at(50 * kDay), "", std::nullopt}), at(0)));
  EXPECT_EQ(book.peers.lookup(peer(1), at(1)).until, at(7 * kDay));
}

TEST(BanBook, ABadRecordConcernsNoOther) {
  BanBook book;
  const Bytes good = text({at(10), at(0), "", std::nullopt});
  EXPECT_EQ(book.peers.load(Bytes{9}, good, at(0)).error().name(), errors::kRecordKey.name);
  EXPECT_EQ(book.ips.load(Bytes(5), good, at(0)).error().name(), errors::kRecordKey.name);
  EXPECT_EQ(book.ips.load(Bytes(4), as_bytes("[]"), at(0)).error().name(), errors::kRecordJson.name);
  EXPECT_TRUE(book.ips.load(Bytes(4), good, at(0)));
  EXPECT_EQ(book.ips.size(), 1u);
}

TEST(BanBook, ImportsWhatEndsLaterAndIsNotOver) {
  BanBook book;
  Ban ban{at(100), at(0), "why", std::nullopt};
  EXPECT_TRUE(book.peers.import(peer(1), ban, at(10)));
  EXPECT_EQ(book.peers.find(peer(1), at(10)), ban);
  ban.reason = "other";
  EXPECT_FALSE(book.peers.import(peer(1), ban, at(10)));
  ban.expiry = at(101);
  EXPECT_TRUE(book.peers.import(peer(1), ban, at(10)));
  EXPECT_EQ(book.peers.find(peer(1), at(10))->reason, "other");
  EXPECT_FALSE(book.peers.import(peer(2), ban, at(101)));
}

}  // namespace
}  // namespace opwire::opstack::reputation
