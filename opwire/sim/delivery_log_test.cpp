#include "opwire/sim/delivery_log.hpp"

#include <gtest/gtest.h>

#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Three nodes that run from the start on, and a log that only the test writes.
class DeliveryLogTest : public testing::Test {
 protected:
  DeliveryLogTest() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      nodes_.push_back(std::make_unique<Node>(world_, NodeOptions(i), decoder_, [](gossipsub::Service&) {}));
      nodes_.back()->start();
    }
    world_.loop().run_for(seconds(60));
  }
  ~DeliveryLogTest() override {
    for (const auto& node : nodes_) {
      if (node->running()) world_.loop().run(node->stop());
    }
  }
  void crash(std::size_t node) { world_.loop().run(nodes_[node]->crash(Loss::kReset)); }
  DeliverySummary summary() { return log_.summarise(nodes_, world_.now()); }

  struct NoDecoder final : gossipsub::MessageDecoder {
    gossipsub::Decoded decode(const gossipsub::MessageView& message) override {
      return {gossipsub::MessageId::from(message.data).value(), nullptr, 0};
    }
  };
  World world_{1};
  NoDecoder decoder_;
  std::vector<std::unique_ptr<Node>> nodes_;
  DeliveryLog log_{3};
};

TEST_F(DeliveryLogTest, DelaysAndMisses) {
  const TimePoint published = world_.now();
  EXPECT_EQ(log_.on_published(0, published), 0u);
  EXPECT_EQ(log_.on_published(0, published), 1u);
  log_.on_delivered(0, 1, published + milliseconds(100));
  log_.on_delivered(0, 1, published + milliseconds(500));
  log_.on_delivered(0, 2, published + milliseconds(300));
  log_.on_delivered(1, 2, published + milliseconds(200));
  world_.loop().run_for(seconds(11));
  const DeliverySummary found = summary();
  EXPECT_EQ(found.messages, 2u);
  EXPECT_EQ(found.expected, 4u);
  EXPECT_EQ(found.delivered, 3u);
  EXPECT_FALSE(found.complete());
  ASSERT_EQ(found.misses.size(), 1u);
  EXPECT_EQ(found.misses[0].message, 1u);
  EXPECT_EQ(found.misses[0].node, 1u);
  EXPECT_EQ(found.p50, milliseconds(200));
  EXPECT_EQ(found.max, milliseconds(300)) << "the first arrival counts";
}

TEST_F(DeliveryLogTest, WhoLeavesSoonAfterOweNothing) {
  log_.on_published(0, world_.now());
  log_.on_published(1, world_.now());
  world_.loop().run_for(seconds(9));
  crash(1);
  world_.loop().run_for(seconds(5));
  const DeliverySummary found = summary();
  EXPECT_EQ(found.messages, 1u) << "the other one's publisher did not stay";
  EXPECT_EQ(found.expected, 1u) << "node 2 only";
}

TEST_F(DeliveryLogTest, WhoCameShortlyBeforeIsOwedNothing) {
  crash(1);
  nodes_[1]->start();
  world_.loop().run_for(seconds(9));
  log_.on_published(0, world_.now());
  world_.loop().run_for(seconds(11));
  EXPECT_EQ(summary().expected, 1u);
}

TEST_F(DeliveryLogTest, HalvesThatWereApartOweEachOtherNothing) {
  log_.on_split(1, world_.now());
  log_.on_published(1, world_.now());
  world_.loop().run_for(seconds(60));
  log_.on_healed(world_.now());
  world_.loop().run_for(seconds(9));
  log_.on_published(1, world_.now());
  world_.loop().run_for(seconds(1));
  log_.on_published(1, world_.now());
  world_.loop().run_for(seconds(10));
  EXPECT_EQ(summary().messages, 3u);
  EXPECT_EQ(summary().expected, 4u) << "node 2 each, and node 0 the last";
}

TEST_F(DeliveryLogTest, TooRecentMessagesDoNotCountYet) {
  log_.on_published(std::nullopt, world_.now());
  log_.on_delivered(0, 0, world_.now());
  world_.loop().run_for(seconds(9));
  EXPECT_EQ(summary().expected, 0u);
  EXPECT_EQ(summary().in_all, 1u);
  world_.loop().run_for(seconds(1));
  EXPECT_EQ(summary().expected, 3u) << "of somebody else";
  EXPECT_EQ(summary().delivered, 1u);
}

TEST(DegreeHistogram, MedianAndEnds) {
  DegreeHistogram histogram;
  EXPECT_EQ(histogram.degrees().max, 0u);
  for (const std::size_t degree : {3u, 7u, 7u, 8u, 90u}) histogram.add(degree);
  const MeshDegrees found = histogram.degrees();
  EXPECT_EQ(found.min, 3u);
  EXPECT_EQ(found.median, 7u);
  EXPECT_EQ(found.max, 63u) << "the last one counts all above";
}

}  // namespace
}  // namespace opwire::sim
