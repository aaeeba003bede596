#include "opwire/base/buffer.hpp"

#include <gtest/gtest.h>

namespace opwire {
namespace {

TEST(Buffer, CopiesIntoABlockOfExactlyItsSize) {
  Bytes source{1, 2, 3};
  const Buffer buffer = Buffer::copy_of(source);
  source[0] = 9;
  EXPECT_TRUE(equal(buffer, Bytes{1, 2, 3}));
  EXPECT_EQ(buffer.block_size(), 3U);
}

TEST(Buffer, EmptyOnesKeepNothingAlive) {
  const Buffer none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.block_size(), 0U);
  EXPECT_TRUE(Buffer::copy_of({}).empty());
  EXPECT_TRUE(none.slice(0, 0).empty());
}

TEST(Buffer, CopiesAndSlicesShareTheBytes) {
  Buffer made = Buffer::uninitialized(4);
  std::ranges::fill(made.writable(), 7);
  const Buffer copy = made;
  const Buffer part = made.slice(1, 2);
  EXPECT_EQ(copy.data(), made.data());
  EXPECT_EQ(part.data(), made.data() + 1);
  EXPECT_EQ(part.size(), 2U);
  EXPECT_EQ(part.block_size(), 4U);
}

TEST(Buffer, BlockLivesAsLongAsAnySlice) {
  Buffer part;
  {
    const Buffer whole = Buffer::copy_of(Bytes(1000, 0x5a));
    part = whole.slice(990, 10);
  }
  EXPECT_TRUE(equal(part, Bytes(10, 0x5a)));
}

TEST(Buffer, TakeFrontSplits) {
  Buffer rest = Buffer::copy_of(Bytes{1, 2, 3, 4, 5});
  EXPECT_TRUE(equal(rest.take_front(2), Bytes{1, 2}));
  EXPECT_TRUE(equal(rest, Bytes{3, 4, 5}));
  EXPECT_TRUE(rest.take_front(0).empty());
  EXPECT_TRUE(equal(rest.take_front(100), Bytes{3, 4, 5}));
  EXPECT_TRUE(rest.empty());
}

TEST(BufferDeathTest, SliceOutsideEndsTheProcess) {
  const Buffer buffer = Buffer::copy_of(Bytes(4));
  EXPECT_DEATH((void)buffer.slice(5, 0), "broken invariant");
  EXPECT_DEATH((void)buffer.slice(2, 3), "broken invariant");
  EXPECT_DEATH((void)buffer.slice(2, ~std::size_t{0}), "broken invariant");
}

}  // namespace
}  // namespace opwire
