#include "opwire/codec/crc32c.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"

namespace opwire::codec {
namespace {

TEST(Crc32c, GivesTheValuesOfRfc3720) {
  Bytes rising(32), falling(32);
  for (std::uint8_t i = 0; i < 32; ++i) rising[i] = i, falling[i] = static_cast<std::uint8_t>(31 - i);
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aaU);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43U);
  EXPECT_EQ(crc32c(rising), 0x46dd794eU);
  EXPECT_EQ(crc32c(falling), 0x113fdb5cU);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, IsTheSameByInstructionAndByTable) {
  SeededRng rng(1);
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    rng.fill(bytes);
    EXPECT_EQ(crc32c(bytes), detail::crc32c_by_table(bytes)) << size;
  }
}

}  // namespace
}  // namespace opwire::codec
