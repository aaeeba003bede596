#include "opwire/node/block_builder.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::node {
namespace {

using opstack::Fork;

constexpr std::uint64_t kTime = 1'700'000'000;

TEST(BlockBuilder, BlocksAreLinkedAndConsistentInEveryFork) {
  for (std::size_t fork = 0; fork < opstack::kForkCount; ++fork) {
    const auto config = make_devnet_config(static_cast<Fork>(fork), 2, kTime);
    SeededRng rng(1);
    BlockBuilder builder(config, 3, 100, rng);
    Hash256 parent = config.genesis.l2.hash;
    for (std::uint64_t i = 1; i <= 3; ++i) {
      const opstack::Envelope block = builder.next(kTime + 2 * i);
      EXPECT_EQ(block.payload.number.value, i);
      EXPECT_EQ(block.payload.parent_hash, parent);
      EXPECT_EQ(block.payload.transactions.size(), 4u);
      EXPECT_TRUE(opstack::check_block_hash(block));
      const auto back = opstack::decode_ssz(block.payload.version, opstack::SharedBytes(opstack::encode_ssz(block)));
      ASSERT_TRUE(back) << back.error().message();
      EXPECT_EQ(*back, block);
      parent = block.payload.block_hash;
    }
  }
}

TEST(BlockBuilder, VersionFollowsTheFork) {
  const auto version = [](Fork fork) {
    SeededRng rng(1);
    return BlockBuilder(make_devnet_config(fork, 2, kTime), 0, 0, rng).next(kTime).payload.version;
  };
  EXPECT_EQ(version(Fork::kRegolith), opstack::PayloadVersion::kV1);
  EXPECT_EQ(version(Fork::kCanyon), opstack::PayloadVersion::kV2);
  EXPECT_EQ(version(Fork::kHolocene), opstack::PayloadVersion::kV3);
  EXPECT_EQ(version(Fork::kJovian), opstack::PayloadVersion::kV4);
}

TEST(DevnetConfig, IsOneThatNodesAccept) {
  for (const Fork fork : {Fork::kBedrock, Fork::kEcotone, Fork::kIsthmus, Fork::kJovian}) {
    const auto config = make_devnet_config(fork, 2, kTime);
    const auto valid = opstack::validate(config);
    EXPECT_TRUE(valid) << valid.error();
    const auto back = opstack::parse_rollup_config(opstack::to_json(config));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->config, config);
  }
}

}  // namespace
}  // namespace opwire::node
