#include "opwire/opstack/reputation/score_book.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr std::uint64_t kRetention = 1200;  // 600 slots of two seconds

GossipScores total(double value) {
  GossipScores gossip;
  gossip.total = value;
  return gossip;
}

Bytes text(const ScoreRecord& record) {
  return to_bytes(as_bytes(to_json(record)));
}

ScoreRecord record(double value, WallTime updated) {
  return {{total(value), {}}, updated};
}

TEST(ScoreBook, WhoIsNotKnownHasNoScores) {
  const ScoreBook book({});
  EXPECT_FALSE(book.find(peer(1), at(0)));
  EXPECT_EQ(book.get(peer(1), at(0)), PeerScores{});
}

TEST(ScoreBook, KeepsEachPeersScoresApart) {
  ScoreBook book({});
  book.set_gossip(peer(1), total(-5), at(0));
  book.set_gossip(peer(2), total(7), at(0) + milliseconds(900));
  EXPECT_EQ(book.set_gossip(peer(1), total(-6), at(1)).gossip.total, -6);
  EXPECT_EQ(book.find(peer(1), at(1)), record(-6, at(1)));
  EXPECT_EQ(book.find(peer(2), at(1)), record(7, at(0)));
  EXPECT_EQ(book.size(), 2u);
}

TEST(ScoreBook, ASnapshotLeavesTheCountersOfReverseSync) {
  ScoreBook book({});
  book.update(peer(1), at(0), [](PeerScores& scores) { scores.req_resp.valid_responses = 3; });
  EXPECT_EQ(book.set_gossip(peer(1), total(2), at(1)), (PeerScores{total(2), {3, 0, 0}}));
}

TEST(ScoreBook, ARecordExpiresAfterSixHundredSlots) {
  ScoreBook book({});
  book.set_gossip(peer(1), total(-50), at(0));
  EXPECT_TRUE(book.find(peer(1), at(kRetention)));
  EXPECT_FALSE(book.find(peer(1), at(kRetention) + Duration(1)));
  EXPECT_EQ(book.get(peer(1), at(kRetention + 1)).gossip.total, 0);
  EXPECT_EQ(slot_of(Duration::zero()), Duration(seconds(2)));
  EXPECT_EQ(kRetainedSlots * slot_of(seconds(1)), Duration(seconds(600)));
}

TEST(ScoreBook, AnUpdateOfAnExpiredRecordBeginsWithAnEmptyOne) {
  ScoreBook book({});
  book.update(peer(1), at(0), [](PeerScores& scores) { scores.req_resp.rejected_payloads = 5; });
  const PeerScores scores = book.set_gossip(peer(1), total(1), at(kRetention + 1));
  EXPECT_EQ(scores.req_resp.rejected_payloads, 0);
  EXPECT_EQ(book.size(), 1u);
  EXPECT_EQ(book.gc(at(kRetention + 1), 10), 0u);
}

TEST(ScoreBook, WithoutRetentionNothingIsKept) {
  Journal journal;
  ScoreBook book({.retention = Duration::zero()}, &journal);
  EXPECT_EQ(book.set_gossip(peer(1), total(4), at(0)).gossip.total, 4);
  EXPECT_FALSE(book.find(peer(1), at(0)));
  EXPECT_TRUE(book.load(peer(2).bytes(), text(record(1, at(0))), at(0)));
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(journal.waiting(), 0u);  // what the disk has is not touched
}

TEST(ScoreBook, TheLeastRecentlyUpdatedGoesFirst) {
  ScoreBook book({.max_peers = 3});
  for (std::uint32_t i = 1; i <= 3; ++i) book.set_gossip(peer(i), total(i), at(i));
  book.set_gossip(peer(1), total(1), at(4));
  EXPECT_TRUE(book.find(peer(2), at(4)));  // reading is no update
  book.set_gossip(peer(4), total(4), at(5));
  EXPECT_FALSE(book.find(peer(2), at(5)));
  for (const std::uint32_t left : {1, 3, 4}) EXPECT_TRUE(book.find(peer(left), at(5))) << left;
}

TEST(ScoreBook, OfOneSecondThoseGoFirstThatWereUpdatedFirst) {
  ScoreBook book({.max_peers = 3});
  for (const std::uint32_t who : {3, 1, 2, 3}) book.set_gossip(peer(who), total(0), at(0));
  book.set_gossip(peer(4), total(0), at(0));
  EXPECT_FALSE(book.find(peer(1), at(0)));
  EXPECT_EQ(book.size(), 3u);
}

TEST(ScoreBook, AClockThatWasSetBackDoesNotKeepNewcomersOut) {
  ScoreBook book({.max_peers = 2});
  book.set_gossip(peer(1), total(1), at(1000));
  book.set_gossip(peer(2), total(2), at(1001));
  book.set_gossip(peer(3), total(3), at(10));
  EXPECT_TRUE(book.find(peer(3), at(10)));
  EXPECT_FALSE(book.find(peer(2), at(10)));
  EXPECT_EQ(book.size(), 2u);
}

TEST(ScoreBook, CollectsTheExpiredInSmallSteps) {
  Journal journal;
  ScoreBook book({}, &journal);
  for (std::uint32_t i = 0; i < 65; ++i) book.set_gossip(peer(i), total(i), at(i));
  journal.take_changes(100);
  book.set_gossip(peer(0), total(1), at(100));  // refreshed
  const WallTime now = at(65 + kRetention);
  EXPECT_EQ(book.gc(now, 21), 21u);
  EXPECT_EQ(book.gc(now, 21), 21u);
  EXPECT_EQ(book.gc(now, 40), 22u);
  EXPECT_EQ(book.gc(now, 21), 0u);
  EXPECT_EQ(book.size(), 1u);
  EXPECT_TRUE(book.find(peer(0), now));
  EXPECT_EQ(journal.waiting(), 65u);
}

TEST(ScoreBook, WhatIsOutOfBoundsIsBroughtInsideBeforeItIsKept) {
  ScoreBook book({});
  EXPECT_EQ(book.set_gossip(peer(1), total(-1e30), at(0)).gossip.total, -kMaxScore);
  EXPECT_EQ(book.get(peer(1), at(0)).gossip.total, -kMaxScore);
}

TEST(ScoreBook, TellsTheJournalWhatChanged) {
  Journal journal;
  ScoreBook book({.max_peers = 1}, &journal);
  book.set_gossip(peer(1), total(1), at(0));
  book.set_gossip(peer(1), total(2), at(3));
  auto changes = journal.take_changes(10);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].table, Table::kScores);
  EXPECT_TRUE(equal(changes[0].key, peer(1).bytes()));
  ASSERT_TRUE(changes[0].now);
  EXPECT_EQ(changes[0].now->rank, unix_seconds(at(3)));
  EXPECT_EQ(changes[0].now->value, text(record(2, at(3))));

  book.set_gossip(peer(2), total(1), at(4));  // the first one goes
  changes = journal.take_changes(10);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_TRUE(equal(changes[0].key, peer(1).bytes()));
  EXPECT_FALSE(changes[0].now);
  EXPECT_TRUE(changes[1].now);
}

TEST(ScoreBook, LoadsWhatWasWritten) {
  Journal journal;
  ScoreBook book({.max_peers = 2}, &journal);
  ASSERT_TRUE(book.load(peer(1).bytes(), text(record(-3, at(0))), at(10)));
  EXPECT_EQ(book.find(peer(1), at(10)), record(-3, at(0)));
  EXPECT_EQ(journal.waiting(), 0u);  // the disk has it

  book.set_gossip(peer(2), total(9), at(11));
  journal.take_changes(10);
  ASSERT_TRUE(book.load(peer(2).bytes(), text(record(-3, at(10))), at(11)));
  EXPECT_EQ(book.find(peer(2), at(11)), record(9, at(11)));  // memory knows better

  ASSERT_TRUE(book.load(peer(3).bytes(), text(record(3, at(5))), at(11)));  // no room: the oldest goes
  EXPECT_FALSE(book.find(peer(1), at(11)));
  EXPECT_EQ(journal.waiting(), 1u);
}

TEST(ScoreBook, WhatExpiredOnTheDiskGoesFromThere) {
  Journal journal;
  ScoreBook book({}, &journal);
  ASSERT_TRUE(book.load(peer(1).bytes(), text(record(-3, at(0))), at(kRetention + 1)));
  EXPECT_EQ(book.size(), 0u);
  const auto changes = journal.take_changes(10);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].now);
}

TEST(ScoreBook, ATimeToComeCountsAsNow) {
  ScoreBook book({});
  ASSERT_TRUE(book.load(peer(1).bytes(), text(record(-3, at(1'000'000))), at(7) + milliseconds(5)));
  EXPECT_EQ(book.find(peer(1), at(8)), record(-3, at(7)));
}

TEST(ScoreBook, ABadRecordConcernsNoOther) {
  ScoreBook book({});
  EXPECT_EQ(book.load(Bytes{1, 2}, text(record(1, at(0))), at(0)).error().name(), errors::kRecordKey.name);
  EXPECT_EQ(book.load(peer(1).bytes(), as_bytes("{"), at(0)).error().name(), errors::kRecordJson.name);
  EXPECT_TRUE(book.load(peer(2).bytes(), text(record(1, at(0))), at(0)));
  EXPECT_EQ(book.size(), 1u);
}

TEST(ScoreBook, ImportsWhatIsNewerAndNotExpired) {
  ScoreBook book({});
  ScoreRecord record{{}, at(10)};
  record.scores.gossip.total = -3;
  EXPECT_TRUE(book.import(peer(1), record, at(20)));
  EXPECT_EQ(book.find(peer(1), at(20)), record);
  record.scores.gossip.total = -4;
  EXPECT_FALSE(book.import(peer(1), record, at(20)));
  record.last_update = at(100);
  EXPECT_TRUE(book.import(peer(1), record, at(20)));
  EXPECT_EQ(book.find(peer(1), at(20))->last_update, at(20)) << "not of a time to come";
  EXPECT_FALSE(book.import(peer(2), {{}, at(0)}, at(1201)));
}

}  // namespace
}  // namespace opwire::opstack::reputation
