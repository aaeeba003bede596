#include "opwire/net/memory_stream.hpp"

#include "opwire/net/stream_conformance.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

using net::make_stream_pair;

struct MemoryWorld {
  static constexpr std::size_t kBuffered = net::kMemoryStreamCapacity + 1;
  MemoryWorld() { std::tie(a, b) = make_stream_pair(simulated); }
  Loop& loop() { return simulated; }
  template <class T>
  T run(Task<T> task) {
    return simulated.run(std::move(task), std::chrono::seconds(10));
  }
  SimulatedLoop simulated;
  std::unique_ptr<Stream> a, b;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StreamConformance, MemoryWorld);

TEST(MemoryStream, HoldsUpToItsCapacity) {
  SimulatedLoop loop;
  auto [a, b] = make_stream_pair(loop, 8);
  EXPECT_TRUE(loop.run(write(*a, as_bytes("12345678"))));
  Scope scope(loop);
  conformance::Outcome<void> written;
  scope.spawn(conformance::keep_write(*a, as_bytes("9"), written));
  loop.run_for(std::chrono::hours(1));
  EXPECT_FALSE(written);
  EXPECT_EQ(loop.run(b->read(3))->size(), 3u);
  loop.run(scope.join());
  EXPECT_TRUE(*written);
}

TEST(MemoryStream, ReadToEndIsBounded) {
  SimulatedLoop loop;
  auto [a, b] = make_stream_pair(loop);
  ASSERT_TRUE(loop.run(write(*a, as_bytes("12345678"))));
  const Result<Bytes> all = loop.run(read_to_end(*b, 7));
  ASSERT_FALSE(all);
  EXPECT_TRUE(all.error().is(errors::kLimit));
}

TEST(MemoryStream, ReadExactNamesAnEarlyEnd) {
  SimulatedLoop loop;
  auto [a, b] = make_stream_pair(loop);
  ASSERT_TRUE(loop.run(write(*a, as_bytes("123"))));
  ASSERT_TRUE(loop.run(a->close_write()));
  ByteArray<4> bytes;
  const Result<void> got = loop.run(read_exact(*b, bytes));
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().is(errors::kEndOfStream));
}

}  // namespace
}  // namespace opwire
