#include "opwire/opstack/sync/recent_payloads.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

class RecentPayloadsTest : public ::testing::Test {
 protected:
  Result<FramedPayload> get(std::uint64_t number) { return loop_.run(recent_.payload({number}, loop_.now())); }
  Bytes ssz(std::uint64_t number) {
    return codec::snappy::decode_frames(get(number).value().frames.view(), 1 << 20).value();
  }

  SimulatedLoop loop_;
  WorkerPool pool_{0};
  RecentPayloads recent_{loop_, pool_, 20'000};
  std::vector<Envelope> chain_ = test::make_chain(30, 1000);
};

TEST_F(RecentPayloadsTest, GivesWhatItWasGiven) {
  recent_.add(chain_[3]);
  EXPECT_EQ(ssz(3), encode_ssz(chain_[3]));
  EXPECT_EQ(get(3)->version, PayloadVersion::kV4);
  EXPECT_EQ(get(4).error(), Error(errors::kNotFound));
}

TEST_F(RecentPayloadsTest, KeepsTheHighestNumbersWithinItsBytes) {
  for (std::size_t number = 30; number > 0; --number) recent_.add(chain_[number - 1]);  // as a range arrives
  EXPECT_LE(recent_.bytes(), 20'000U);
  EXPECT_GT(recent_.size(), 10U);
  EXPECT_TRUE(get(29));
  EXPECT_FALSE(get(0));
}

TEST_F(RecentPayloadsTest, TheLastOneOfAHeightIsServed) {
  const auto other = test::make_chain(4, 900, 2);
  recent_.add(chain_[3]);
  const std::size_t before = recent_.bytes();
  recent_.add(other[3]);
  EXPECT_EQ(ssz(3), encode_ssz(other[3]));
  EXPECT_EQ(recent_.bytes(), before - 100);
}

}  // namespace
}  // namespace opwire::opstack
