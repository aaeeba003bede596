#include "opwire/opstack/discovery/candidates.hpp"

#include <gtest/gtest.h>

#include <set>

#include "opwire/opstack/discovery/records_for_test.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::record_of;

constexpr ChainId kChain{10};

class CandidatesTest : public testing::Test {
 protected:
  CandidatesTest() : candidates_(CandidateOptions(kChain), rng_) {}
  explicit CandidatesTest(const CandidateOptions& options) : candidates_(options, rng_) {}

  discv5::RecordPtr add(std::uint64_t number, const std::string& ip = "10.0.0.1", std::uint64_t seq = 1) {
    const auto record = record_of(number, kChain, ip, seq);
    candidates_.add(record, now_);
    return record;
  }
  /// Dials and fails.
  void fail(const discv5::RecordPtr& record) {
    while (now_ < candidates_.next_due()) now_ = candidates_.next_due();
    const auto given = candidates_.next(now_);
    ASSERT_EQ(given->record->id(), record->id());
    candidates_.on_failed(given->peer, now_);
  }

  SeededRng rng_{1};
  TimePoint now_{hours(1)};
  Candidates candidates_;
};

TEST_F(CandidatesTest, GiveEachOnceUntilItIsKnownWhatBecameOfIt) {
  const auto record = add(1);
  const auto given = candidates_.next(now_);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->peer, peer_id_of(*record));
  EXPECT_EQ(given->address.to_string(), "/ip4/10.0.0.1/tcp/9222");
  EXPECT_FALSE(candidates_.next(now_ + hours(1)));
  EXPECT_EQ(candidates_.next_due(), TimePoint::max());
  candidates_.on_connected(given->peer, now_);
  EXPECT_FALSE(candidates_.next(now_ + hours(1)));
}

TEST_F(CandidatesTest, AreOfOurChainAlone) {
  EXPECT_EQ(candidates_.add(record_of(1, ChainId{8453}, "10.0.0.1"), now_), Candidates::Added::kForeign);
  EXPECT_EQ(candidates_.add(record_of(2, kChain, "10.0.0.1", 1, 1), now_), Candidates::Added::kForeign);
  EXPECT_EQ(candidates_.size(), 0u);
}

TEST_F(CandidatesTest, ANewerRecordReplacesAndAnOlderOneDoesNot) {
  add(1, "10.0.0.1", 5);
  EXPECT_EQ(candidates_.add(record_of(1, kChain, "10.0.0.9", 4), now_), Candidates::Added::kKnown);
  EXPECT_EQ(candidates_.add(record_of(1, ChainId{1}, "10.0.0.9", 5), now_), Candidates::Added::kKnown);
  EXPECT_EQ(candidates_.add(record_of(1, kChain, "10.0.0.2", 6), now_), Candidates::Added::kUpdated);
  EXPECT_EQ(candidates_.next(now_)->address.to_string(), "/ip4/10.0.0.2/tcp/9222");
}

TEST_F(CandidatesTest, WhoLeavesOurChainIsForgotten) {
  const auto record = add(1);
  EXPECT_EQ(candidates_.add(record_of(1, ChainId{8453}, "10.0.0.1", 2), now_), Candidates::Added::kForeign);
  EXPECT_FALSE(candidates_.knows(record->id()));
  EXPECT_FALSE(candidates_.knows(peer_id_of(*record)));
}

TEST_F(CandidatesTest, FailuresPushBackLongerAndLonger) {
  const auto record = add(1);
  Duration pause = seconds(5);
  bool by_chance = false;
  for (int i = 0; i < 12; ++i) {
    fail(record);
    const Duration waits = candidates_.next_due() - now_;
    EXPECT_LE(waits, pause) << i;
    EXPECT_GE(waits, pause * 3 / 4) << i;
    by_chance |= waits != pause;
    EXPECT_FALSE(candidates_.next(candidates_.next_due() - Duration(1)));
    pause = std::min<Duration>(pause * 2, minutes(10));
  }
  EXPECT_EQ(pause, minutes(10));
  EXPECT_TRUE(by_chance);
}

TEST_F(CandidatesTest, WhoLeavesSoonIsPushedBackAsIfItHadFailed) {
  add(1);
  for (int i = 0; i < 5; ++i) {
    now_ = std::max(now_, candidates_.next_due());
    const auto given = candidates_.next(now_);
    candidates_.on_connected(given->peer, now_);
    now_ += seconds(10);
    candidates_.on_disconnected(given->peer, now_);
  }
  EXPECT_GE(candidates_.next_due() - now_, seconds(60));
}

TEST_F(CandidatesTest, OneWhoMovesAllTheTimeDoesNotChooseWhomWeDialAllTheTime) {
  std::size_t dials = 0;
  for (std::uint64_t second = 0; second < 60; ++second, now_ += seconds(1)) {
    add(1, "10.0.0." + std::to_string(second + 1), second + 1);
    const auto given = candidates_.next(now_);
    if (!given) continue;
    ++dials;
    candidates_.on_failed(given->peer, now_);
  }
  EXPECT_GE(dials, 2u);
  EXPECT_LE(dials, 13u);
}

TEST_F(CandidatesTest, StayersComeFirstThenThoseThatAnsweredLately) {
  const auto stayed = add(1);
  const auto given = candidates_.next(now_);
  candidates_.on_connected(given->peer, now_);
  now_ += minutes(5);
  candidates_.on_disconnected(given->peer, now_);
  now_ += seconds(10);
  for (std::uint64_t i = 2; i < 10; ++i) add(i);
  const auto lately = add(20), once = add(21);
  candidates_.on_answer(lately->id(), now_ - minutes(1));
  candidates_.on_answer(once->id(), now_ - hours(5));
  EXPECT_EQ(candidates_.next(now_)->record->id(), stayed->id());
  EXPECT_EQ(candidates_.next(now_)->record->id(), lately->id());
  EXPECT_EQ(candidates_.next(now_)->record->id(), once->id());
}

TEST_F(CandidatesTest, WhoStayedOnceIsNotPreferredForEver) {
  const auto stayed = add(1);
  candidates_.next(now_);
  candidates_.on_connected(peer_id_of(*stayed), now_);
  now_ += minutes(5);
  candidates_.on_disconnected(peer_id_of(*stayed), now_);
  for (int i = 0; i < 3; ++i) fail(stayed);
  const auto other = add(2);
  candidates_.on_answer(other->id(), now_);
  now_ += hours(1);
  candidates_.on_answer(other->id(), now_);
  EXPECT_EQ(candidates_.next(now_)->record->id(), other->id());
}

TEST_F(CandidatesTest, WhoNeitherAnswersNorCanBeDialledIsForgotten) {
  const auto record = add(1);
  EXPECT_FALSE(candidates_.on_gone(record->id()));  // not tried yet
  const auto given = candidates_.next(now_);
  EXPECT_TRUE(candidates_.on_failed(given->peer, now_));
  EXPECT_EQ(candidates_.size(), 0u);
  const auto second = add(2);
  fail(second);
  EXPECT_TRUE(candidates_.on_gone(second->id()));
  EXPECT_EQ(candidates_.size(), 0u);
}

TEST_F(CandidatesTest, OneSubnetHasNoMoreThanItsShareWhileThereAreOthers) {
  for (std::uint64_t i = 1; i <= 8; ++i) {
    const auto record = add(i, "8.8.8." + std::to_string(i));
    candidates_.on_answer(record->id(), now_);  // better than the others
  }
  add(20, "9.9.9.9");
  std::size_t crowd = 0;
  for (int i = 0; i < 5; ++i) crowd += candidates_.next(now_)->address.to_string().starts_with("/ip4/8.8.8.");
  EXPECT_EQ(crowd, 4u);
  EXPECT_TRUE(candidates_.next(now_));  // nobody else is left
}

TEST_F(CandidatesTest, OneSubnetCannotFillThePlaces) {
  for (std::uint64_t i = 1; i <= 60; ++i) add(i, "8.8.8." + std::to_string(i));
  EXPECT_EQ(candidates_.size(), 50u);
  add(100, "8.8.9.1");
  for (std::uint64_t i = 101; i <= 160; ++i) add(i, "10.0.0.1");
  EXPECT_EQ(candidates_.size(), 111u);
}

TEST_F(CandidatesTest, PrivateSubnetsHaveNoShare) {
  for (std::uint64_t i = 1; i <= 6; ++i) candidates_.on_answer(add(i, "10.0.0." + std::to_string(i))->id(), now_);
  add(20, "9.9.9.9");
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(candidates_.next(now_)->address.to_string().starts_with("/ip4/10.0.0."));
}

TEST_F(CandidatesTest, SameSeedSameOrder) {
  const auto order = [&](std::uint64_t seed) {
    SeededRng rng(seed);
    Candidates candidates(CandidateOptions(kChain), rng);
    for (std::uint64_t i = 1; i <= 10; ++i) candidates.add(record_of(i, kChain, "10.0.0.1"), now_);
    std::string text;
    while (const auto given = candidates.next(now_)) text += given->peer.to_string();
    return text;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

TEST(CandidateFilter, WhatMayNotBeDialledIsNoCandidate) {
  CandidateOptions options(kChain);
  options.admits = [](const net::Endpoint& endpoint) { return endpoint.ip()[0] == 10; };
  SeededRng rng(1);
  Candidates candidates(options, rng);
  EXPECT_EQ(candidates.add(record_of(1, kChain, "9.9.9.9"), TimePoint{}), Candidates::Added::kRefused);
  EXPECT_EQ(candidates.add(record_of(2, kChain, "10.9.9.9"), TimePoint{}), Candidates::Added::kNew);
  EXPECT_EQ(candidates.add(record_of(2, kChain, "9.9.9.9", 2), TimePoint{}), Candidates::Added::kRefused);
  EXPECT_EQ(candidates.size(), 0u);
}

TEST(CandidateLimit, TheWorstGoes) {
  CandidateOptions options(kChain);
  options.max = 10;
  SeededRng rng(1);
  Candidates candidates(options, rng);
  TimePoint now{hours(1)};
  for (std::uint64_t i = 1; i <= 10; ++i) candidates.add(record_of(i, kChain, "10.0.0.1"), now);
  const auto connected = *candidates.next(now), failed = *candidates.next(now);
  candidates.on_connected(connected.peer, now);
  candidates.on_failed(failed.peer, now);
  EXPECT_EQ(candidates.add(record_of(11, kChain, "10.0.0.1"), now), Candidates::Added::kNew);
  EXPECT_FALSE(candidates.knows(failed.peer));
  std::size_t taken = 0;
  for (std::uint64_t i = 20; i < 60; ++i) {
    taken += candidates.add(record_of(i, kChain, "10.0.0.1"), now) == Candidates::Added::kNew;
    EXPECT_EQ(candidates.size(), 10u);
  }
  EXPECT_TRUE(candidates.knows(connected.peer));
  EXPECT_GT(taken, 5u);
  EXPECT_LT(taken, 35u);
}

TEST(CandidateLimit, WhoAnsweredIsNotDrivenOutByAFlood) {
  CandidateOptions options(kChain);
  options.max = 5;
  SeededRng rng(1);
  Candidates candidates(options, rng);
  const TimePoint now{hours(1)};
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const auto record = record_of(i, kChain, "10.0.0.1");
    candidates.add(record, now);
    candidates.on_answer(record->id(), now);
  }
  for (std::uint64_t i = 20; i < 60; ++i) {
    EXPECT_EQ(candidates.add(record_of(i, kChain, "10.0.0.1"), now), Candidates::Added::kRefused);
  }
}

}  // namespace
}  // namespace opwire::opstack
