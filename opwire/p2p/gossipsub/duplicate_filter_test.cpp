#include "opwire/p2p/gossipsub/duplicate_filter.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::noise;

MessagePtr message(Bytes data, std::string_view topic = "a") {
  return MessagePtr(new Message(HashDecoder::id_of(topic, data), topic, Buffer::copy_of(data)));
}

TEST(DuplicateFilter, KnowsTopicAndBytes) {
  DuplicateFilter filter(5, 1 << 20, KeyedHash(1, 2));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256}, std::size_t{257}, std::size_t{5000}}) {
    Bytes data = noise(size, size);
    const MessagePtr m = message(data);
    filter.add(m);
    EXPECT_EQ(filter.find("a", data), m) << size;
    EXPECT_EQ(filter.find("b", data), nullptr) << size;
    data.push_back(0);
    EXPECT_EQ(filter.find("a", data), nullptr) << size;
  }
}

// The hash looks at some places only: the comparison has to catch the rest.
TEST(DuplicateFilter, EveryByteCounts) {
  DuplicateFilter filter(5, 1 << 20, KeyedHash(1, 2));
  Bytes data = noise(2000, 1);
  filter.add(message(data));
  for (std::uint8_t& byte : data) {
    byte ^= 1;
    ASSERT_EQ(filter.find("a", data), nullptr);
    byte ^= 1;
  }
  EXPECT_NE(filter.find("a", data), nullptr);
}

TEST(DuplicateFilter, LastsSomeHeartbeats) {
  DuplicateFilter filter(2, 1 << 20, KeyedHash(1, 2));
  const Bytes data = noise(2000, 1);
  filter.add(message(data));
  filter.shift();
  EXPECT_NE(filter.find("a", data), nullptr);
  filter.shift();
  EXPECT_EQ(filter.find("a", data), nullptr);
  EXPECT_EQ(filter.bytes(), 0u);
}

TEST(DuplicateFilter, BoundedInBytes) {
  DuplicateFilter filter(5, 10'000, KeyedHash(1, 2));
  for (std::uint64_t i = 0; i < 100; ++i) filter.add(message(noise(2000, i)));
  EXPECT_EQ(filter.bytes(), 10'000u);
  EXPECT_EQ(filter.find("a", noise(2000, 94)), nullptr);
  EXPECT_NE(filter.find("a", noise(2000, 95)), nullptr);
}

}  // namespace
}  // namespace opwire::gossipsub
