#include "opwire/p2p/swarm/tag_book.hpp"

#include <set>

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

class TagBookTest : public testing::Test {
 protected:
  std::int64_t value(const PeerId& peer) const { return book.value(peer, now); }
  void define(Decay decay, int cap = 1000, Duration interval = minutes(10)) {
    book.define_decaying(DecayingTag("d", interval, decay, cap), now);
  }
  void bump(int by) { book.bump(a, "d", by, now); }

  std::set<PeerId> connected;
  TagBook book{[this](const PeerId& peer) { return connected.contains(peer); }};
  TimePoint now{std::chrono::hours(1)};
  const PeerId a = peer_of(1);
  const PeerId b = peer_of(2);
};

TEST_F(TagBookTest, TheValueIsTheSumOfTheTags) {
  EXPECT_EQ(value(a), 0);
  book.set(a, "x", 5, now);
  book.set(a, "y", -2, now);
  book.set(b, "x", 1, now);
  EXPECT_EQ(value(a), 3);
  book.set(a, "x", 7, now);
  EXPECT_EQ(value(a), 5) << "replaced, not added";
  book.remove(a, "x");
  book.remove(a, "never set");
  EXPECT_EQ(value(a), -2);
  book.remove(a, "y");
  EXPECT_EQ(book.valued_peers(), 1u);
  EXPECT_EQ(value(b), 1);
}

TEST_F(TagBookTest, ExtremeValuesDoNotOverflow) {
  constexpr int kMost = std::numeric_limits<int>::max();
  book.set(a, "x", kMost, now);
  book.set(a, "y", kMost, now);
  EXPECT_EQ(value(a), 2 * std::int64_t{kMost});
  define(Decay::by_amount(kMost), kMost);
  book.bump(b, "d", kMost, now);
  book.bump(b, "d", kMost, now);
  EXPECT_EQ(value(b), kMost);
  now += minutes(10);
  EXPECT_EQ(value(b), 0);
}

TEST_F(TagBookTest, ProtectedWhileAnyTagProtects) {
  book.protect(a, "static");
  book.protect(a, "pubsub:x");
  book.protect(a, "pubsub:x");
  EXPECT_TRUE(book.is_protected(a));
  EXPECT_TRUE(book.is_protected_by(a, "static"));
  EXPECT_FALSE(book.is_protected_by(a, "pubsub:y"));
  EXPECT_FALSE(book.is_protected(b));
  book.unprotect(a, "pubsub:x");
  EXPECT_TRUE(book.is_protected(a));
  book.forget_values(a);
  EXPECT_TRUE(book.is_protected(a)) << "also without a connection";
  book.unprotect(a, "static");
  book.unprotect(a, "static");
  EXPECT_FALSE(book.is_protected(a));
}

// Intervals count from the definition, whenever the bump was.
TEST_F(TagBookTest, DecayByAmount) {
  define(Decay::by_amount(2), 15);
  now += minutes(9);
  bump(4);
  bump(1);
  EXPECT_EQ(value(a), 5);
  now += seconds(59);
  EXPECT_EQ(value(a), 5);
  now += seconds(1);
  EXPECT_EQ(value(a), 3);
  now += minutes(10);
  EXPECT_EQ(value(a), 1);
  now += minutes(10);
  EXPECT_EQ(value(a), 0);
  bump(30);
  EXPECT_EQ(value(a), 15) << "no more than the cap";
  bump(-7);
  EXPECT_EQ(value(a), 8);
  now += std::chrono::hours(10'000);
  EXPECT_EQ(value(a), 0);
  bump(-1);
  EXPECT_EQ(value(a), 0);
  EXPECT_EQ(book.valued_peers(), 0u) << "a value of 0 takes no memory";
}

TEST_F(TagBookTest, DecayByFactorRoundsDown) {
  define(Decay::by_factor(0.7));
  bump(10);
  for (const int expected : {7, 4, 2, 1, 0}) {
    now += minutes(10);
    EXPECT_EQ(value(a), expected);
  }
  bump(10);
  now += minutes(30);
  EXPECT_EQ(value(a), 2) << "three steps at once are the same";
}

TEST_F(TagBookTest, ExpiryNeedsSilence) {
  define(Decay::when_idle(minutes(25)));
  bump(3);
  now += minutes(20);
  bump(3);
  now += minutes(20);
  EXPECT_EQ(value(a), 6) << "20 minutes after the last bump";
  now += minutes(10) - seconds(1);
  EXPECT_EQ(value(a), 6) << "it is looked at every ten minutes";
  now += seconds(1);
  EXPECT_EQ(value(a), 0);
}

TEST_F(TagBookTest, NoDecay) {
  define(Decay::none());
  bump(3);
  now += std::chrono::hours(1000);
  EXPECT_EQ(value(a), 3);
}

// As gossipsub counts deliveries: +1 each, at most 15, one less every ten minutes.
TEST_F(TagBookTest, ValuesAreTheSameHoweverOftenTheyAreLookedAt) {
  define(Decay::by_amount(1), 15);
  SeededRng rng(7);
  int expected = 0;
  for (int minute = 1; minute < 2000; ++minute) {
    now += minutes(1);
    if (minute % 10 == 0) expected = std::max(0, expected - 1);
    if (rng.below(8) == 0) {
      bump(1);
      expected = std::min(15, expected + 1);
    }
    ASSERT_EQ(value(a), expected) << minute;
  }
}

TEST_F(TagBookTest, ADefinitionIsRemovedWithItsValues) {
  define(Decay::none());
  bump(3);
  book.bump(b, "d", 1, now);
  book.set(b, "d", 40, now);  // a plain tag of that name is another one
  book.remove_decaying("d");
  book.remove_decaying("d");
  EXPECT_EQ(value(a), 0);
  EXPECT_EQ(value(b), 40);
  define(Decay::none());
  EXPECT_EQ(value(a), 0);
}

TEST_F(TagBookTest, ValuesGoWithTheLastConnection) {
  define(Decay::none());
  bump(3);
  book.set(a, "x", 4, now);
  book.forget_values(a);
  EXPECT_EQ(value(a), 0);
}

TEST_F(TagBookTest, ValuesWaitTwoMinutesForTheConnection) {
  book.set(a, "x", 4, now);
  book.set(b, "x", 4, now);
  now += TagBook::kEarly - seconds(1);
  book.on_connected(a, now);
  EXPECT_EQ(value(a), 4);
  book.set(b, "y", 1, now);
  now += seconds(1);
  book.on_connected(b, now);
  EXPECT_EQ(value(b), 5) << "told anew meanwhile";
  book.set(peer_of(3), "x", 4, now);
  now += TagBook::kEarly;
  book.on_connected(peer_of(3), now);
  EXPECT_EQ(value(peer_of(3)), 0);
}

TEST_F(TagBookTest, TagsOfAPeerAreBounded) {
  for (std::size_t i = 0; i < 2 * TagBook::kMaxTags; ++i) {
    book.set(a, "tag " + std::to_string(i), 1, now);
    book.protect(a, "tag " + std::to_string(i));
  }
  EXPECT_EQ(value(a), TagBook::kMaxTags);
  EXPECT_TRUE(book.is_protected_by(a, "tag 0"));
  EXPECT_FALSE(book.is_protected_by(a, "tag 100"));
}

TEST_F(TagBookTest, PeersAreBoundedAndThoseWhoNeverCameMakeRoom) {
  connected.insert(numbered_peer(0));
  for (std::uint64_t i = 0; i < TagBook::kMaxPeers; ++i) book.set(numbered_peer(i), "x", 1, now);
  book.set(numbered_peer(1'000'000), "x", 1, now);
  EXPECT_EQ(value(numbered_peer(1'000'000)), 0);
  EXPECT_EQ(book.valued_peers(), TagBook::kMaxPeers);
  now += TagBook::kEarly;
  book.set(numbered_peer(1'000'000), "x", 1, now);
  EXPECT_EQ(value(numbered_peer(1'000'000)), 1);
  EXPECT_EQ(book.valued_peers(), 2u) << "it and the one that is connected";
  for (std::uint64_t i = 0; i <= TagBook::kMaxPeers; ++i) book.protect(numbered_peer(i), "x");
  EXPECT_FALSE(book.is_protected(numbered_peer(TagBook::kMaxPeers)));
}

}  // namespace
}  // namespace opwire::swarm
