#include "opwire/p2p/gossipsub/stats.hpp"

#include <gtest/gtest.h>

namespace opwire::gossipsub {
namespace {

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

}  // namespace
}  // namespace opwire::gossipsub
