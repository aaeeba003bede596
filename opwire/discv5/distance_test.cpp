#include "opwire/discv5/distance.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"

namespace opwire::discv5 {
namespace {

NodeId random_id(Rng& rng) {
  NodeId id;
  rng.fill(id.bytes);
  return id;
}

NodeId exclusive_or(const NodeId& a, const NodeId& b) {
  NodeId result;
  for (std::size_t i = 0; i < NodeId::kSize; ++i) result.bytes[i] = a.bytes[i] ^ b.bytes[i];
  return result;
}

TEST(Distance, IsTheBitsOfTheDifference) {
  const NodeId zero;
  EXPECT_EQ(log_distance(zero, zero), 0u);
  for (unsigned bit = 0; bit < 256; ++bit) {
    NodeId id;
    id.bytes[31 - bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(log_distance(zero, id), bit + 1);
    id.bytes[31] |= 1;
    EXPECT_EQ(log_distance(id, zero), bit + 1) << "what stands below does not count";
  }
}

TEST(Distance, NearerIsTheSmallerDifference) {
  SeededRng rng(1);
  for (int i = 0; i < 1000; ++i) {
    const NodeId target = random_id(rng), a = random_id(rng);
    // Mostly alike, so that late bytes decide too.
    const NodeId b = id_at_distance(a, 1 + static_cast<unsigned>(rng.below(256)), random_id(rng));
    EXPECT_EQ(is_closer(target, a, b), exclusive_or(target, a) < exclusive_or(target, b));
    EXPECT_NE(is_closer(target, a, b), is_closer(target, b, a));
    EXPECT_FALSE(is_closer(target, a, a));
  }
}

TEST(Distance, AnIdAtEachDistance) {
  SeededRng rng(2);
  for (unsigned distance = 1; distance <= 256; ++distance) {
    const NodeId base = random_id(rng), random = random_id(rng);
    const NodeId id = id_at_distance(base, distance, random);
    ASSERT_EQ(log_distance(base, id), distance);
    // The bits below are those of random.
    for (std::size_t i = 32 - (distance - 1) / 8; i < 32; ++i) EXPECT_EQ(id.bytes[i], random.bytes[i]);
  }
}

}  // namespace
}  // namespace opwire::discv5
