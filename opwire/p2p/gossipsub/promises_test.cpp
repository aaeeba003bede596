#include "opwire/p2p/gossipsub/promises.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::message_ids;
using test::peer_id;
using namespace std::chrono_literals;

class PromisesTest : public ::testing::Test {
 protected:
  /// Broken ones by peer.
  std::map<PeerId, unsigned> take_broken(TimePoint now) {
    std::map<PeerId, unsigned> counts;
    for (const auto& broken : promises.take_broken(now)) EXPECT_TRUE(counts.emplace(broken.peer, broken.count).second);
    return counts;
  }

  Promises promises;
  const std::vector<MessageId> ids = message_ids(10);
  const PeerId one = peer_id(1);
  const PeerId two = peer_id(2);
  const TimePoint start{1h};
};

TEST_F(PromisesTest, WhatIsNotKeptIsBrokenOnce) {
  promises.add(one, ids[0], start + 3s);
  promises.add(one, ids[1], start + 3s);
  promises.add(two, ids[0], start + 4s);
  EXPECT_TRUE(take_broken(start + 3s - 1ns).empty());
  EXPECT_EQ(take_broken(start + 3s), (std::map<PeerId, unsigned>{{one, 2u}}));
  EXPECT_FALSE(promises.holds_any_of(one));
  EXPECT_TRUE(promises.holds_any_of(two));
  EXPECT_EQ(take_broken(start + 1h), (std::map<PeerId, unsigned>{{two, 1u}}));
  EXPECT_EQ(promises.size(), 0u);
}

TEST_F(PromisesTest, AMessageKeepsThePromisesOfAll) {
  promises.add(one, ids[0], start);
  promises.add(two, ids[0], start);
  promises.add(two, ids[1], start);
  promises.fulfil(ids[0]);
  promises.fulfil(ids[0]);
  promises.fulfil(ids[5]);
  EXPECT_FALSE(promises.holds_any_of(one));
  EXPECT_TRUE(promises.holds_any_of(two));
  EXPECT_EQ(promises.size(), 1u);
  EXPECT_EQ(take_broken(start), (std::map<PeerId, unsigned>{{two, 1u}}));
}

TEST_F(PromisesTest, TheFirstDeadlineStands) {
  promises.add(one, ids[0], start + 1s);
  promises.add(one, ids[0], start + 9s);
  EXPECT_EQ(promises.size(), 1u);
  EXPECT_EQ(take_broken(start + 1s).size(), 1u);
  EXPECT_FALSE(promises.holds_any_of(one));
}

TEST_F(PromisesTest, ForgettingOneLeavesTheOthers) {
  for (const MessageId& id : ids) promises.add(one, id, start);
  promises.add(two, ids[3], start);
  promises.forget(one);
  promises.forget(one);
  EXPECT_FALSE(promises.holds_any_of(one));
  EXPECT_EQ(promises.size(), 1u);
  promises.clear();
  EXPECT_FALSE(promises.holds_any_of(two));
  EXPECT_TRUE(take_broken(start + 1h).empty());
}

}  // namespace
}  // namespace opwire::gossipsub
