#include "opwire/p2p/swarm/trimming.hpp"

#include <map>
#include <set>

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

constexpr Role kIn = Role::kListener;
constexpr Role kOut = Role::kDialer;

class TrimmingTest : public testing::Test {
 protected:
  TrimmingTest() {
    options.low = 2;
    options.high = 4;
    options.grace = seconds(30);
  }
  // Connection i belongs to peer i unless told otherwise.
  void add(std::uint64_t id, Role role, std::size_t streams, Duration age = minutes(5)) {
    standing.push_back({ConnectionId{id}, numbered_peer(id), role, now - age, streams});
  }
  std::vector<std::uint64_t> surplus() const { return ids(choose_surplus(standing, book, options, now)); }
  std::vector<std::uint64_t> emergency() const { return ids(choose_in_emergency(standing, book, options.low, now)); }
  static std::vector<std::uint64_t> ids(const std::vector<ConnectionId>& connections) {
    std::vector<std::uint64_t> numbers;
    for (const ConnectionId id : connections) numbers.push_back(id.value);
    return numbers;
  }
  using Ids = std::vector<std::uint64_t>;

  ConnectionManagerOptions options;
  TagBook book{[](const PeerId&) { return true; }};
  TimePoint now{std::chrono::hours(1)};
  std::vector<Standing> standing;
};

TEST_F(TrimmingTest, TheLeastValuableGoFirst) {
  for (std::uint64_t i = 1; i <= 5; ++i) {
    add(i, kIn, 1);
    book.set(numbered_peer(i), "x", i == 1 ? 3 : static_cast<int>(10 - i), now);
  }
  EXPECT_EQ(surplus(), (Ids{1, 5, 4}));
}

TEST_F(TrimmingTest, AmongEqualsWithoutStreamsThenInboundThenFewStreams) {
  add(1, kOut, 3);
  add(2, kOut, 2);
  add(3, kIn, 3);
  add(4, kIn, 2);
  add(5, kOut, 0);
  add(6, kIn, 0);
  options.low = 0;
  EXPECT_EQ(surplus(), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(emergency(), (Ids{6, 5, 3, 4, 1, 2})) << "many streams, much memory";
}

TEST_F(TrimmingTest, DecayedValuesCount) {
  book.define_decaying(DecayingTag("d", minutes(1), Decay::by_amount(1), 10), now);
  for (std::uint64_t i = 1; i <= 3; ++i) add(i, kIn, 1);
  book.set(numbered_peer(1), "x", 1, now);
  book.set(numbered_peer(2), "x", 1, now);
  book.bump(numbered_peer(3), "d", 2, now);
  EXPECT_EQ(surplus(), Ids{1});
  now += minutes(2);
  EXPECT_EQ(surplus(), Ids{3});
}

TEST_F(TrimmingTest, ThoseInTheirGraceAreNeitherClosedNorCounted) {
  for (std::uint64_t i = 1; i <= 3; ++i) add(i, kIn, 1);
  for (std::uint64_t i = 4; i <= 9; ++i) add(i, kIn, 1, seconds(29));
  EXPECT_EQ(surplus(), Ids{1});
  EXPECT_EQ(emergency(), (Ids{1, 2, 3, 4, 5, 6, 7})) << "memory does not wait";
  now += seconds(1);
  EXPECT_EQ(surplus().size(), 7u);
}

TEST_F(TrimmingTest, ProtectedPeersAreNeitherClosedNorCounted) {
  for (std::uint64_t i = 1; i <= 9; ++i) {
    add(i, kIn, 0);
    if (i <= 6) book.protect(numbered_peer(i), "x");
  }
  EXPECT_EQ(surplus(), Ids{7});
  EXPECT_EQ(emergency(), (Ids{7, 8, 9})) << "down to the protected ones, and no further";
}

TEST_F(TrimmingTest, PeersGoWholeAndAreAsOldAsTheirFirstConnection) {
  add(1, kOut, 0);
  standing.push_back({ConnectionId{2}, numbered_peer(1), kIn, now, 0});
  add(3, kIn, 4);
  add(4, kIn, 4);
  EXPECT_EQ(surplus(), (Ids{1, 2}));
}

// Whatever the peers are like.
TEST_F(TrimmingTest, ATrimLeavesTheLowWaterAndWhoMayNotBeTouched) {
  SeededRng rng(11);
  for (int round = 0; round < 300; ++round) {
    standing.clear();
    TagBook tags{[](const PeerId&) { return true; }};
    options.low = rng.below(20);
    const std::uint64_t count = rng.below(60);
    for (std::uint64_t i = 0; i < count; ++i) {
      const PeerId peer = numbered_peer(rng.below(40));
      standing.push_back(
          {ConnectionId{i}, peer, rng.below(2) == 0 ? kIn : kOut, now - seconds(rng.below(60)), rng.below(4)});
      if (rng.below(4) == 0) tags.protect(peer, "p");
      if (rng.below(2) == 0) tags.set(peer, "v", static_cast<int>(rng.below(5)), now);
    }
    std::map<PeerId, Duration> age;
    for (const Standing& one : standing) age[one.peer] = std::max(age[one.peer], now - one.opened);
    const auto is_candidate = [&](const PeerId& peer) {
      return !tags.is_protected(peer) && age[peer] >= options.grace;
    };
    const std::vector<ConnectionId> chosen = choose_surplus(standing, tags, options, now);
    const std::set<ConnectionId> closed(chosen.begin(), chosen.end());
    ASSERT_EQ(closed.size(), chosen.size()) << "each once";
    std::size_t left = 0;
    std::set<PeerId> gone;
    std::int64_t most_closed = std::numeric_limits<std::int64_t>::min();
    for (const Standing& one : standing) {
      if (closed.contains(one.id)) {
        ASSERT_TRUE(is_candidate(one.peer));
        gone.insert(one.peer);
        most_closed = std::max(most_closed, tags.value(one.peer, now));
      } else if (is_candidate(one.peer)) {
        ++left;
      }
    }
    ASSERT_LE(left, options.low);
    for (const Standing& one : standing) {
      if (closed.contains(one.id)) continue;
      ASSERT_FALSE(gone.contains(one.peer)) << "whole peers";
      if (is_candidate(one.peer)) ASSERT_GE(tags.value(one.peer, now), most_closed);
    }
  }
}

}  // namespace
}  // namespace opwire::swarm
