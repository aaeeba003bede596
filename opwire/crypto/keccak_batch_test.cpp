#include "opwire/crypto/keccak_batch.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/crypto/keccak_for_test.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kLongest = 700;

// Every length 0..700 at an odd place of one buffer, and the right digests.
struct Lengths {
  Lengths() : data(2 * kLongest) {
    SeededRng(7).fill(data);
    for (std::size_t size = 0; size <= kLongest; ++size) digests.push_back(reference_keccak256(message(size)));
  }
  ByteView message(std::size_t size) const { return ByteView(data).subspan(size % 97, size); }
  Bytes data;
  std::vector<Hash256> digests;
};

const Lengths& lengths() {
  static const Lengths all;
  return all;
}

// Hashes the messages of these sizes in one batch, split after head bytes, and checks every digest.
void expect_batch(const std::vector<std::size_t>& sizes, std::size_t head) {
  std::vector<Hash256> digests(sizes.size());
  std::vector<Keccak256Batch::Message> messages;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const ByteView message = lengths().message(sizes[i]);
    const std::size_t split = std::min(head, sizes[i]);
    messages.push_back({message.first(split), message.subspan(split), &digests[i]});
  }
  Keccak256Batch().run(messages);
  for (std::size_t i = 0; i < sizes.size(); ++i) ASSERT_EQ(digests[i], lengths().digests[sizes[i]]) << sizes[i];
}

std::vector<std::size_t> mixed_sizes(std::size_t count, std::uint64_t seed) {
  SeededRng rng(seed);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < count; ++i) sizes.push_back(rng.below(kLongest + 1));
  return sizes;
}

TEST(KeccakReference, IsKeccak256) {
  EXPECT_EQ(hex(reference_keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(hex(reference_keccak256(Bytes(200, 0xa3))),
            "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a");
}

TEST(KeccakKernels, PortableIsAlwaysThereAndTheFastestIsUsed) {
  EXPECT_EQ(keccak::kernels_here().front().name, "portable");
  EXPECT_EQ(&keccak::kernel(), &keccak::kernels_here().back());
}

TEST(KeccakKernels, PublishedDigests) {
  with_each_keccak_kernel([](std::string_view name) {
    EXPECT_EQ(hex(keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470") << name;
    EXPECT_EQ(hex(keccak256(as_bytes("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
        << name;
    EXPECT_EQ(hex(keccak256(Bytes(200, 0xa3))), "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a")
        << name;
  });
}

TEST(KeccakKernels, OneMessageOfEveryLength) {
  with_each_keccak_kernel([](std::string_view name) {
    for (std::size_t size = 0; size <= kLongest; ++size) {
      ASSERT_EQ(keccak256(lengths().message(size)), lengths().digests[size]) << name << " " << size;
    }
  });
}

TEST(KeccakBatch, EveryLengthInOneBatch) {
  std::vector<std::size_t> sizes(kLongest + 1);
  for (std::size_t i = 0; i < sizes.size(); ++i) sizes[i] = i * 311 % sizes.size();
  with_each_keccak_kernel([&](std::string_view name) {
    SCOPED_TRACE(name);
    for (const std::size_t head : {0UL, 1UL, 9UL, 135UL, 136UL}) expect_batch(sizes, head);
  });
}

TEST(KeccakBatch, EveryCountOfMessages) {
  with_each_keccak_kernel([](std::string_view name) {
    SCOPED_TRACE(name);
    for (std::size_t count = 0; count < 40; ++count) expect_batch(mixed_sizes(count, count), count % 12);
  });
}

// The long message ends before, with or after the others, at and beside the end of a block.
TEST(KeccakBatch, BesideALongMessage) {
  Bytes data(60 * 136);
  SeededRng(8).fill(data);
  with_each_keccak_kernel([&](std::string_view name) {
    SCOPED_TRACE(name);
    for (const std::size_t size : {0UL, 1UL, 135UL, 136UL, 137UL, 1360UL, 3000UL, 60 * 136UL}) {
      const ByteView beside = ByteView(data).first(size);
      Keccak256Batch batch(beside);
      for (const std::size_t count : {1UL, 3UL, 0UL, 9UL, 1UL}) {
        const std::vector<std::size_t> sizes = mixed_sizes(count, size + count);
        std::vector<Hash256> digests(count);
        std::vector<Keccak256Batch::Message> messages;
        for (std::size_t i = 0; i < count; ++i) messages.push_back({{}, lengths().message(sizes[i]), &digests[i]});
        batch.run(messages);
        for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(digests[i], lengths().digests[sizes[i]]) << size;
      }
      EXPECT_EQ(batch.finish_beside(), reference_keccak256(beside)) << size;
    }
  });
}

TEST(KeccakBatch, LanesAreThereWhereVectorsAre) {
  with_each_keccak_kernel(
      [](std::string_view name) { EXPECT_EQ(Keccak256Batch::has_lanes(), name != "portable") << name; });
}

}  // namespace
}  // namespace opwire::crypto
