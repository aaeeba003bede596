#include "opwire/p2p/yamux/byte_queue.hpp"

#include <gtest/gtest.h>

namespace opwire::yamux {
namespace {

Buffer filled(std::size_t size, std::uint8_t first = 0) {
  Buffer buffer = Buffer::uninitialized(size);
  for (std::size_t i = 0; i < size; ++i) buffer.writable()[i] = static_cast<std::uint8_t>(first + i);
  return buffer;
}

Bytes drain(ByteQueue& queue, std::size_t step) {
  Bytes all;
  while (!queue.empty()) {
    const Buffer part = queue.pop(step);
    all.insert(all.end(), part.view().begin(), part.view().end());
  }
  return all;
}

TEST(ByteQueue, SharesASliceThatIsAGoodPartOfItsBlock) {
  ByteQueue queue;
  const Buffer block = filled(1024);
  queue.push(block.slice(100, 500));
  const Buffer out = queue.pop(SIZE_MAX);
  EXPECT_EQ(out.data(), block.data() + 100);
  EXPECT_EQ(out.size(), 500u);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, CopiesASmallSliceOfALargeBlock) {
  ByteQueue queue;
  const Buffer block = filled(128 * 1024);
  queue.push(block.slice(7, 100));
  EXPECT_LE(queue.pinned(), 1024u);
  EXPECT_TRUE(equal(queue.pop(SIZE_MAX), block.slice(7, 100)));
}

TEST(ByteQueue, KeepsOrderThroughSharedAndCopiedSlices) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{777}, SIZE_MAX}) {
    ByteQueue queue;
    Bytes taken;
    const Buffer block = filled(8192, 3);
    std::size_t at = 0;
    for (const std::size_t size : {10u, 2000u, 1u, 1u, 600u, 4000u, 7u, 5u}) {
      queue.push(block.slice(at, size));
      at += size;
      const Buffer part = queue.pop(3);
      taken.insert(taken.end(), part.view().begin(), part.view().end());
    }
    const Bytes rest = drain(queue, step);
    taken.insert(taken.end(), rest.begin(), rest.end());
    EXPECT_TRUE(equal(taken, block.slice(0, at)));
  }
}

TEST(ByteQueue, AppendsToItsOwnBlockWhileASliceOfItIsStillRead) {
  ByteQueue queue;
  queue.push_copy(as_bytes("abc"));
  const Buffer first = queue.pop(2);
  queue.push_copy(as_bytes("def"));
  EXPECT_EQ(as_text(first), "ab");
  EXPECT_EQ(as_text(queue.pop(SIZE_MAX)), "cdef");
}

TEST(ByteQueue, BoundsTheMemoryBehindTinySlices) {
  ByteQueue queue;
  const Buffer block = filled(256 * 1024);
  for (std::size_t i = 0; i < 200'000; ++i) queue.push(Buffer(block).slice(i, 1));
  EXPECT_EQ(queue.size(), 200'000u);
  EXPECT_LE(queue.pinned(), 2 * queue.size() + 64 * 1024);
}

TEST(ByteQueue, BoundsTheMemoryBehindSlicesThatAreJustWorthSharing) {
  ByteQueue queue;
  for (std::size_t i = 0; i < 512; ++i) queue.push(Buffer::uninitialized(256 * 1024).slice(0, 32 * 1024));
  EXPECT_EQ(queue.size(), 512u * 32 * 1024);
  EXPECT_LE(queue.pinned(), 2 * queue.size() + 4'700'000);
}

TEST(ByteQueue, ForgetsWhatWasTakenThoughItIsNeverEmpty) {
  ByteQueue queue;
  queue.push_copy(as_bytes("x"));
  for (int i = 0; i < 10'000; ++i) {
    queue.push(Buffer::copy_of(as_bytes("yz")));
    queue.pop(2);
  }
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_LE(queue.pinned(), 1024u);
}

}  // namespace
}  // namespace opwire::yamux
