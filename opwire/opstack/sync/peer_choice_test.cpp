#include "opwire/opstack/sync/peer_choice.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/sync/peers_for_test.hpp"

namespace opwire::opstack {
namespace {

using namespace std::chrono_literals;
using test::peer;

constexpr TimePoint kStart{1h};
bool anybody(const PeerId&) {
  return true;
}

class PeerChoiceTest : public ::testing::Test {
 protected:
  std::optional<PeerId> choose(TimePoint now) { return choice_.choose(now, anybody); }

  PeerChoice choice_{PeerChoiceOptions()};
};

TEST_F(PeerChoiceTest, HasNobodyBeforeSomebodyIsAdded) {
  EXPECT_EQ(choose(kStart), std::nullopt);
  EXPECT_FALSE(choice_.any_free(kStart));
  EXPECT_EQ(choice_.next_free(kStart), std::nullopt);
}

TEST_F(PeerChoiceTest, KeepsToWhatAnOpNodeServesOnePeer) {
  choice_.add(peer(1));
  TimePoint now = kStart;
  std::size_t asked = 0;
  for (; now < kStart + 10s; now += 10ms) {
    while (const auto chosen = choose(now)) ++asked, choice_.on_payload(*chosen, 1ms);
  }
  EXPECT_GE(asked, 53U);  // 15 and 4 a second
  EXPECT_LE(asked, 55U);
}

TEST_F(PeerChoiceTest, SaysWhenTheNextMayBeAsked) {
  choice_.add(peer(1));
  for (int i = 0; i < 15; ++i) choice_.on_payload(choose(kStart).value(), 1ms);
  EXPECT_EQ(choose(kStart), std::nullopt);
  const TimePoint next = choice_.next_free(kStart).value();
  EXPECT_NEAR(std::chrono::duration<double>(next - kStart).count(), 0.25, 0.001);
  EXPECT_EQ(choose(next), peer(1));
}

TEST_F(PeerChoiceTest, PrefersWhoeverAnswersSooner) {
  choice_.add(peer(1));
  choice_.add(peer(2));
  for (int i = 0; i < 10; ++i) {
    const PeerId chosen = choose(kStart).value();
    choice_.on_payload(chosen, chosen == peer(1) ? 400ms : 20ms);
  }
  EXPECT_GT(choice_.typical_time(peer(1)), choice_.typical_time(peer(2)));
  EXPECT_EQ(choose(kStart), peer(2));
}

TEST_F(PeerChoiceTest, SharesWorkByHowMuchIsUnderWay) {
  choice_.add(peer(1));
  choice_.add(peer(2));
  EXPECT_NE(choose(kStart), choose(kStart));
}

TEST_F(PeerChoiceTest, PausesWhoFailsForTwiceAsLongEachTime) {
  choice_.add(peer(1));
  TimePoint now = kStart;
  for (const Duration pause : {4s, 8s, 16s, 32s, 60s, 60s}) {
    ASSERT_EQ(choose(now), peer(1));
    choice_.on_failure(peer(1), now);
    EXPECT_EQ(choose(now + pause - 1ms), std::nullopt);
    EXPECT_EQ(choice_.next_free(now), now + pause);
    now += pause;
  }
  ASSERT_EQ(choose(now), peer(1));
  choice_.on_payload(peer(1), 1ms);
  ASSERT_EQ(choose(now), peer(1));
  choice_.on_failure(peer(1), now);
  EXPECT_EQ(choose(now + 4s), peer(1)) << "an answer makes up for the failures before it";
}

TEST_F(PeerChoiceTest, DoesNotPauseWhoHasNotGotIt) {
  choice_.add(peer(1));
  choice_.on_not_found(choose(kStart).value());
  EXPECT_TRUE(choice_.any_free(kStart));
}

TEST_F(PeerChoiceTest, AsksOnlyWhomTheQuestionSuits) {
  choice_.add(peer(1));
  choice_.add(peer(2));
  EXPECT_EQ(choice_.choose(kStart, [](const PeerId& id) { return id == peer(2); }), peer(2));
  EXPECT_EQ(choice_.choose(kStart, [](const PeerId&) { return false; }), std::nullopt);
}

TEST_F(PeerChoiceTest, LimitsWhatIsUnderWayWithOnePeer) {
  PeerChoiceOptions options;
  options.rate = options.burst = 1000;
  options.max_in_flight = 3;
  PeerChoice choice(options);
  choice.add(peer(1));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(choice.choose(kStart, anybody));
  EXPECT_FALSE(choice.choose(kStart, anybody));
  EXPECT_EQ(choice.next_free(kStart), std::nullopt) << "time alone changes nothing";
  choice.on_dropped(peer(1));
  EXPECT_TRUE(choice.choose(kStart, anybody));
}

// op-node's B7: its worker of the first stay removes what the second stay needs.
TEST_F(PeerChoiceTest, BearsAnAnswerOfAFormerStay) {
  choice_.add(peer(1));
  ASSERT_TRUE(choose(kStart));
  choice_.remove(peer(1));
  EXPECT_EQ(choose(kStart), std::nullopt);
  choice_.add(peer(1));
  choice_.on_payload(peer(1), 1ms);
  EXPECT_EQ(choice_.size(), 1U);
  EXPECT_EQ(choose(kStart), peer(1));
}

TEST_F(PeerChoiceTest, LeavingIsNoWayToBeForgiven) {
  choice_.add(peer(1));
  ASSERT_TRUE(choose(kStart));
  choice_.remove(peer(1));
  EXPECT_EQ(choice_.size(), 0U);
  choice_.on_failure(peer(1), kStart);
  choice_.add(peer(1));
  EXPECT_EQ(choose(kStart + 3s), std::nullopt);
  EXPECT_EQ(choose(kStart + 4s), peer(1));
}

TEST_F(PeerChoiceTest, RemembersNoMoreThanAThousandThatLeft) {
  for (std::uint64_t i = 1; i <= 1100; ++i) {
    choice_.add(peer(i));
    ASSERT_TRUE(choose(kStart));
    choice_.on_failure(peer(i), kStart);
    choice_.remove(peer(i));
  }
  std::size_t forgotten = 0;
  for (std::uint64_t i = 1; i <= 1100; ++i) {
    choice_.add(peer(i));
    if (choose(kStart)) ++forgotten;
    choice_.remove(peer(i));
  }
  EXPECT_GE(forgotten, 90U);
  EXPECT_LE(forgotten, 400U);
}

TEST_F(PeerChoiceTest, WhoSentAForgeryIsPausedForTwiceAsLongEachTime) {
  choice_.add(peer(1));
  TimePoint now = kStart;
  for (const Duration pause : {4s, 8s, 16s}) {
    ASSERT_EQ(choose(now), peer(1));
    choice_.on_payload(peer(1), 1ms);  // it looked like one
    choice_.on_forgery(peer(1), now);
    EXPECT_EQ(choose(now + pause - 1ms), std::nullopt);
    now += pause;
  }
}

TEST_F(PeerChoiceTest, WhoHasNothingIsNotThoughtFast) {
  for (const std::uint64_t number : {1, 2}) {
    choice_.add(peer(number));
    const auto this_one = [&](const PeerId& id) { return id == peer(number); };
    for (int i = 0; i < 5; ++i) {
      const PeerId chosen = choice_.choose(kStart, this_one).value();
      if (number == 1) {
        choice_.on_not_found(chosen);
      } else {
        choice_.on_payload(chosen, 50ms);
      }
    }
  }
  EXPECT_EQ(choose(kStart), peer(2));
}

}  // namespace
}  // namespace opwire::opstack
