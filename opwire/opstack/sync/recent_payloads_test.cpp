#include "opwire/opstack/sync/recent_payloads.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/sync/chain_for_test.hpp"

namespace opwire::opstack {
namespace {

class RecentPayloadsTest : public ::testing::Test {
 protected:
  static std::vector<Hash256> hashes(const std::vector<Envelope>& envelopes) {
    std::vector<Hash256> all;
    for (const Envelope& envelope : envelopes) all.push_back(envelope.payload.block_hash);
    return all;
  }
  RecentPayloads recent_{20'000};
  std::vector<Envelope> chain_ = test::make_chain(30, 1000);
  std::vector<Envelope> other_ = test::make_chain(4, 900, 2);
};

TEST_F(RecentPayloadsTest, GivesWhatItWasGiven) {
  recent_.add(chain_[3]);
  const Hash256 hash = chain_[3].payload.block_hash;
  EXPECT_EQ(hashes(recent_.at({3})), std::vector<Hash256>{hash});
  EXPECT_EQ(recent_.by_hash(hash)->payload.number, BlockNumber{3});
  EXPECT_TRUE(recent_.at({4}).empty());
  EXPECT_FALSE(recent_.by_hash(chain_[4].payload.block_hash));
}

TEST_F(RecentPayloadsTest, KeepsTheHighestNumbersWithinItsBytes) {
  for (std::size_t number = 30; number > 0; --number) recent_.add(chain_[number - 1]);  // as a range arrives
  EXPECT_LE(recent_.bytes(), 20'000U);
  EXPECT_GT(recent_.size(), 10U);
  EXPECT_FALSE(recent_.at({29}).empty());
  EXPECT_TRUE(recent_.at({0}).empty());
  EXPECT_FALSE(recent_.by_hash(chain_[0].payload.block_hash));
}

TEST_F(RecentPayloadsTest, KeepsAllOfAHeightTheNewestFirst) {
  recent_.add(chain_[3]);
  const std::size_t before = recent_.bytes();
  recent_.add(other_[3]);
  const Hash256 first = chain_[3].payload.block_hash, second = other_[3].payload.block_hash;
  EXPECT_EQ(hashes(recent_.at({3})), (std::vector<Hash256>{second, first}));
  EXPECT_EQ(recent_.bytes(), 2 * before - 100);
  recent_.add(chain_[3]);
  EXPECT_EQ(hashes(recent_.at({3})), (std::vector<Hash256>{first, second}));
  EXPECT_EQ(recent_.bytes(), 2 * before - 100);
}

}  // namespace
}  // namespace opwire::opstack
