#include "opwire/p2p/gossipsub/stats.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::kTopic;
using test::Rpc;
using test::TestRouter;

TEST(Stats, SumHasEveryField) {
  using Row = std::array<std::uint64_t, sizeof(Stats) / sizeof(std::uint64_t)>;
  Row numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i + 1;
  Stats sum = std::bit_cast<Stats>(numbers);
  EXPECT_EQ(sum.not_subscribed, 1u) << "the first field";
  EXPECT_EQ(sum.broken_promises, numbers.size()) << "the last one";
  sum += sum;
  const Row doubled = std::bit_cast<Row>(sum);
  for (std::size_t i = 0; i < doubled.size(); ++i) EXPECT_EQ(doubled[i], 2 * (i + 1));
}

TEST(Stats, OfPeersMeshesAndRpcs) {
  TestRouter t;
  t.join();
  const auto peers = t.connect_subscribed(0, 2);
  t.beat();
  EXPECT_EQ(t.router.stats().topics_joined, 1u);
  EXPECT_EQ(t.router.stats().peers_added, 2u);
  EXPECT_EQ(t.router.stats().rpcs_received, 2u);
  EXPECT_EQ(t.router.stats().grafts, 2u);
  EXPECT_EQ(t.router.stats().prunes, 0u);
  t.rpc(peers[0], Rpc().prune(kTopic));
  t.disconnect(peers[1]);
  EXPECT_EQ(t.router.stats().prunes, 1u) << "who is gone was not pruned";
  EXPECT_EQ(t.router.stats().peers_removed, 1u);
  const std::size_t frames = t.sent(peers[0]).frame_sizes.size();
  EXPECT_EQ(t.router.stats().rpcs_sent, frames);
  t.router.unsubscribe(kTopic, t.now);
  EXPECT_EQ(t.router.stats().topics_left, 1u);
}

TEST(Stats, HopsAreOfMessagesOfOthersAndOutputIsWhatWaits) {
  TestRouter t;
  t.join();
  const auto peers = t.connect_subscribed(0, 3);
  t.beat();
  t.drop_output();
  t.rpc(peers[0], Rpc().message(kTopic, Bytes(1000, 1)));
  t.now += 3ms;
  ASSERT_EQ(t.judge(Verdict::kAccept), 1u);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(Bytes(1000, 2)), t.now));
  EXPECT_EQ(t.router.queued().messages, 2u + 3u);
  EXPECT_EQ(t.router.queued().longest, 2u);
  EXPECT_GT(t.router.queued().bytes, 5u * 1000);
  t.now += 5ms;
  while (t.router.next_frame(peers[1], t.now)) continue;
  EXPECT_EQ(t.router.hops().counts()[4], 1u) << "8 ms are above 5 and below 10, and what is our own does not count";
  EXPECT_NEAR(t.router.hops().sum(), 0.008, 1e-9);
  t.sent(peers[2]);
  EXPECT_EQ(t.router.queued().messages, 1u);
}

}  // namespace
}  // namespace opwire::gossipsub
