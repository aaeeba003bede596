#include "opwire/opstack/chain/fork.hpp"

#include <gtest/gtest.h>

namespace opwire::opstack {
namespace {

TEST(Fork, NamesAreOpNodes) {
  EXPECT_EQ(to_string(Fork::kBedrock), "bedrock");
  EXPECT_EQ(to_string(Fork::kKarst), "karst");
  EXPECT_EQ(parse_fork("isthmus"), Fork::kIsthmus);
  EXPECT_EQ(parse_fork("Isthmus"), std::nullopt);
  EXPECT_EQ(parse_fork("lagoon"), std::nullopt);
  for (std::size_t i = 0; i < kForkCount; ++i) {
    EXPECT_EQ(parse_fork(to_string(static_cast<Fork>(i))), static_cast<Fork>(i));
  }
}

TEST(ForkSchedule, AForkStartsAtItsTime) {
  ForkSchedule forks;
  EXPECT_TRUE(forks.is_active(Fork::kBedrock, 0));
  EXPECT_FALSE(forks.is_active(Fork::kCanyon, ~std::uint64_t{0}));
  forks.set_time(Fork::kCanyon, 100);
  EXPECT_FALSE(forks.is_active(Fork::kCanyon, 99));
  EXPECT_TRUE(forks.is_active(Fork::kCanyon, 100));
  forks.set_time(Fork::kCanyon, std::nullopt);
  EXPECT_FALSE(forks.is_active(Fork::kCanyon, 100));
}

TEST(ForkSchedule, PayloadVersionFollowsTheTimestamp) {
  ForkSchedule forks;
  forks.set_time(Fork::kCanyon, 10);
  forks.set_time(Fork::kEcotone, 20);
  forks.set_time(Fork::kIsthmus, 30);
  forks.set_time(Fork::kJovian, 40);
  EXPECT_EQ(forks.payload_version(9), PayloadVersion::kV1);
  EXPECT_EQ(forks.payload_version(10), PayloadVersion::kV2);
  EXPECT_EQ(forks.payload_version(19), PayloadVersion::kV2);
  EXPECT_EQ(forks.payload_version(20), PayloadVersion::kV3);
  EXPECT_EQ(forks.payload_version(30), PayloadVersion::kV4);
  EXPECT_EQ(forks.payload_version(40), PayloadVersion::kV4);
}

TEST(PayloadVersion, TopicIndex) {
  EXPECT_EQ(topic_index(PayloadVersion::kV1), 0u);
  EXPECT_EQ(topic_index(PayloadVersion::kV4), 3u);
}

}  // namespace
}  // namespace opwire::opstack
