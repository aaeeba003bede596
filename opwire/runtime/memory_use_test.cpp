#include "opwire/runtime/memory_use.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace opwire {
namespace {

TEST(MemoryUse, GrowsWithWhatIsWritten) {
  constexpr std::size_t kMore = std::size_t{64} << 20;
  const auto before = resident_bytes();
  ASSERT_TRUE(before);
  const std::vector<char> memory(kMore, 'x');
  const auto after = resident_bytes();
  ASSERT_TRUE(after);
  EXPECT_EQ(memory.back(), 'x');
  EXPECT_GE(*after, *before + kMore / 2);
}

}  // namespace
}  // namespace opwire
