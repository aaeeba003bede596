#include "opwire/p2p/gossipsub/backoff.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/params.hpp"
#include "opwire/p2p/gossipsub/promises.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::noise;
using test::peer_id;
using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(BackoffTable, IsNeverShortened) {
  BackoffTable table(10);
  table.set(peer_id(1), kStart + 60s);
  table.set(peer_id(1), kStart + 10s);
  EXPECT_EQ(table.until(peer_id(1)), kStart + 60s);
  table.set(peer_id(1), kStart + 70s);
  EXPECT_EQ(table.until(peer_id(1)), kStart + 70s);
}

TEST(BackoffTable, HoldsUntilItsEndAndSlack) {
  BackoffTable table(10);
  table.set(peer_id(1), kStart + 60s);
  EXPECT_TRUE(table.holds(peer_id(1), kStart + 59s));
  EXPECT_FALSE(table.holds(peer_id(1), kStart + 60s));
  EXPECT_TRUE(table.holds(peer_id(1), kStart + 61s, 2s));
  EXPECT_FALSE(table.holds(peer_id(2), kStart));
  table.expire(kStart + 61s, 2s);
  EXPECT_EQ(table.size(), 1u);
  table.expire(kStart + 62s, 2s);
  EXPECT_TRUE(table.empty());
}

TEST(BackoffTable, FullDropsTheFirstToEnd) {
  BackoffTable table(3);
  for (unsigned i = 0; i < 100; ++i) table.set(peer_id(i), kStart + std::chrono::seconds(i));
  EXPECT_EQ(table.size(), 3u);
  EXPECT_TRUE(table.until(peer_id(97)));
  EXPECT_FALSE(table.until(peer_id(96)));
}

TEST(Promises, KeptByAnybody) {
  Promises promises;
  const MessageId id = MessageId::from(noise(20, 1)).value();
  promises.add(peer_id(1), id, kStart + 3s);
  promises.add(peer_id(2), id, kStart + 3s);
  promises.fulfil(id);
  EXPECT_TRUE(promises.take_broken(kStart + 1h).empty());
}

TEST(Promises, BrokenAreCountedOnce) {
  Promises promises;
  promises.add(peer_id(1), MessageId::from(noise(20, 1)).value(), kStart + 3s);
  promises.add(peer_id(1), MessageId::from(noise(20, 2)).value(), kStart + 3s);
  promises.add(peer_id(1), MessageId::from(noise(20, 2)).value(), kStart + 9s);
  promises.add(peer_id(2), MessageId::from(noise(20, 3)).value(), kStart + 3s);
  promises.forget(peer_id(2));
  EXPECT_TRUE(promises.take_broken(kStart + 2s).empty());
  const auto broken = promises.take_broken(kStart + 3s);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].peer, peer_id(1));
  EXPECT_EQ(broken[0].count, 2u);
  EXPECT_EQ(promises.size(), 0u);
}

void expect_refused(const std::function<void(Params&)>& change) {
  Params params;
  ASSERT_TRUE(params.validate());
  change(params);
  EXPECT_FALSE(params.validate());
}

TEST(Params, ContradictionsAreRefused) {
  expect_refused([](Params& p) { p.d_lo = p.d + 1; });
  expect_refused([](Params& p) { p.d_hi = p.d - 1; });
  expect_refused([](Params& p) { p.d_out = 4; });
  expect_refused([](Params& p) { p.d_out = p.d_lo; });
  expect_refused([](Params& p) { p.gossip_factor = 1.5; });
  expect_refused([](Params& p) { p.heartbeat = 0s; });
  expect_refused([](Params& p) { p.history_gossip = p.history_length + 1; });
  expect_refused([](Params& p) { p.seen_ttl = 4s; });
  expect_refused([](Params& p) { p.prune_backoff = 2h; });
  expect_refused([](Params& p) { p.max_rpc_size = 1000; });
}

TEST(Params, AllowList) {
  Params params;
  EXPECT_TRUE(params.allows("any"));
  EXPECT_FALSE(params.allows(""));
  EXPECT_FALSE(params.allows(std::string(257, 't')));
  params.allowed_topics = {"a", "b"};
  EXPECT_TRUE(params.allows("b"));
  EXPECT_FALSE(params.allows("any"));
}

}  // namespace
}  // namespace opwire::gossipsub
