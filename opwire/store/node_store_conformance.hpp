// What every store of nodes must do, as one GoogleTest suite. Included by the tests of each implementation, with a
// world of a store and what it needs to run:
//
//   struct MemoryWorld {
//     static constexpr std::size_t kMaxNodes = 8;   // what the store is told to keep
//     discv5::NodeStore& store();
//     WallTime now();
//     void advance(Duration by);
//     template <class T> T run(Task<T> task);       // to its end
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, NodeStoreConformance, MemoryWorld);
#pragma once

#include <gtest/gtest.h>

#include "opwire/store/node_rules.hpp"
#include "opwire/store/nodes_for_test.hpp"

namespace opwire::store {

template <class World>
class NodeStoreConformance : public testing::Test {
 protected:
  std::vector<discv5::KnownNode> load() {
    auto nodes = world.run(world.store().load());
    EXPECT_TRUE(nodes);
    return nodes ? *nodes : std::vector<discv5::KnownNode>{};
  }
  /// The numbers of the nodes that load() returns.
  std::vector<int> numbers() {
    std::vector<int> found;
    for (const auto& node : load()) found.push_back(test::number_of(node));
    return found;
  }
  discv5::KnownNode node(int number, Duration ago = {}, std::uint64_t seq = 1) {
    return test::node(number, world.now() - ago, 3, seq);
  }

  World world;
};
TYPED_TEST_SUITE_P(NodeStoreConformance);

TYPED_TEST_P(NodeStoreConformance, IsEmptyAtFirst) {
  EXPECT_TRUE(this->load().empty());
  EXPECT_TRUE(this->world.run(this->world.store().flush()));
}

TYPED_TEST_P(NodeStoreConformance, GivesBackWhatWasPut) {
  const auto put = this->node(1, std::chrono::seconds(5));
  this->world.store().put(put);
  const auto nodes = this->load();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(*nodes[0].record, *put.record);
  EXPECT_EQ(nodes[0].last_answer, put.last_answer);
  EXPECT_EQ(nodes[0].answers, 3u);
  EXPECT_TRUE(this->world.run(this->world.store().flush()));
  EXPECT_EQ(this->load().size(), 1u);
}

TYPED_TEST_P(NodeStoreConformance, PutReplaces) {
  this->world.store().put(this->node(1, std::chrono::seconds(5), 1));
  this->world.store().put(this->node(1, std::chrono::seconds(1), 2));
  ASSERT_TRUE(this->world.run(this->world.store().flush()));
  this->world.store().put(this->node(1, {}, 3));
  const auto nodes = this->load();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(nodes[0].record->seq(), 3u);
  EXPECT_EQ(nodes[0].last_answer, this->world.now());
}

TYPED_TEST_P(NodeStoreConformance, NewestComeFirst) {
  this->world.store().put(this->node(1, std::chrono::seconds(20)));
  this->world.store().put(this->node(2, std::chrono::seconds(10)));
  this->world.store().put(this->node(3, std::chrono::seconds(30)));
  EXPECT_EQ(this->numbers(), (std::vector{2, 1, 3}));
}

TYPED_TEST_P(NodeStoreConformance, Forgets) {
  for (int i = 1; i <= 3; ++i) this->world.store().put(this->node(i, std::chrono::seconds(i)));
  ASSERT_TRUE(this->world.run(this->world.store().flush()));
  this->world.store().forget(this->node(2).record->id());
  this->world.store().forget(this->node(4).record->id());
  EXPECT_EQ(this->numbers(), (std::vector{1, 3}));
  this->world.store().put(this->node(5, std::chrono::seconds(5)));
  this->world.store().forget(this->node(5).record->id());
  this->world.store().forget(this->node(3).record->id());
  this->world.store().put(this->node(3, std::chrono::seconds(3)));
  EXPECT_EQ(this->numbers(), (std::vector{1, 3}));
}

TYPED_TEST_P(NodeStoreConformance, KeepsThoseThatAnsweredLast) {
  const int most = static_cast<int>(TypeParam::kMaxNodes);
  for (int i = 1; i <= most; ++i) this->world.store().put(this->node(i, std::chrono::seconds(i)));
  EXPECT_EQ(this->load().size(), TypeParam::kMaxNodes);
  this->world.store().put(this->node(most + 1));
  const auto found = this->numbers();
  ASSERT_EQ(found.size(), TypeParam::kMaxNodes);
  EXPECT_EQ(found.front(), most + 1);
  EXPECT_EQ(found.back(), most - 1);
}

TYPED_TEST_P(NodeStoreConformance, ForgetsWhoHasNotAnsweredForLong) {
  this->world.store().put(this->node(1));
  this->world.advance(std::chrono::seconds(10));
  this->world.store().put(this->node(2));
  this->world.advance(kMaxNodeAge - std::chrono::seconds(1));
  EXPECT_EQ(this->numbers(), (std::vector{2}));
  this->world.advance(std::chrono::seconds(2));
  EXPECT_TRUE(this->load().empty());
}

TYPED_TEST_P(NodeStoreConformance, NobodyAnswersInTheFuture) {
  this->world.store().put(this->node(1, -std::chrono::hours(24 * 365)));
  const auto nodes = this->load();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(nodes[0].last_answer, this->world.now());
  ASSERT_TRUE(this->world.run(this->world.store().flush()));
  this->world.advance(kMaxNodeAge + std::chrono::seconds(1));
  EXPECT_TRUE(this->load().empty());
}

REGISTER_TYPED_TEST_SUITE_P(NodeStoreConformance, IsEmptyAtFirst, GivesBackWhatWasPut, PutReplaces, NewestComeFirst,
                            Forgets, KeepsThoseThatAnsweredLast, ForgetsWhoHasNotAnsweredForLong,
                            NobodyAnswersInTheFuture);

}  // namespace opwire::store
