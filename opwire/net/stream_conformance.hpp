// What every Stream must do, as one GoogleTest suite. Included by the tests of each implementation, with a world of two
// connected ends and of what they need to run:
//
//   struct MemoryWorld {
//     static constexpr std::size_t kBuffered = 1 << 20;   // more than one direction holds without a reader
//     Loop& loop();
//     template <class T> T run(Task<T> task);             // to its end, within seconds
//     std::unique_ptr<Stream> a, b;                       // destroyed by the suite at will
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StreamConformance, MemoryWorld);
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "opwire/net/stream.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire {
namespace conformance {

inline Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + (i >> 8));
  return bytes;
}

template <class T>
using Outcome = std::optional<Result<T>>;

inline Task<void> keep_write(Stream& stream, ByteView bytes, Outcome<void>& outcome) {
  outcome = co_await write(stream, bytes);
}
inline Task<void> keep_write_all(Stream& stream, ByteViews pieces, Outcome<void>& outcome) {
  outcome = co_await stream.write(pieces);
}
inline Task<void> write_and_end(Stream& stream, ByteView bytes, Outcome<void>& outcome) {
  outcome = co_await write(stream, bytes);
  if (*outcome) outcome = co_await stream.close_write();
}
inline Task<void> keep_read(Stream& stream, Outcome<std::size_t>& outcome) {
  ByteArray<16> bytes;
  outcome = co_await stream.read_some(bytes);
}
inline Task<void> keep_wait(Stream& stream, Outcome<void>& outcome) {
  outcome = co_await stream.wait_readable();
}

}  // namespace conformance

template <class World>
class StreamConformance : public testing::Test {
 protected:
  // Lets happen what happens without more input.
  void settle() { (void)world.run(sleep_for(world.loop(), std::chrono::milliseconds(20))); }

  World world;
};
TYPED_TEST_SUITE_P(StreamConformance);

TYPED_TEST_P(StreamConformance, CarriesBytesBothWays) {
  auto& w = this->world;
  ByteArray<4> got;
  ASSERT_TRUE(w.run(write(*w.a, as_bytes("ping"))));
  ASSERT_TRUE(w.run(read_exact(*w.b, got)));
  EXPECT_EQ(as_text(got), "ping");
  ASSERT_TRUE(w.run(write(*w.b, as_bytes("pong"))));
  ASSERT_TRUE(w.run(read_exact(*w.a, got)));
  EXPECT_EQ(as_text(got), "pong");
}

TYPED_TEST_P(StreamConformance, GathersManyPiecesInOrder) {
  auto& w = this->world;
  const Bytes all = conformance::pattern(100'000);
  std::vector<ByteView> pieces;
  for (std::size_t at = 0, size = 0; at < all.size(); at += size, size = (size + 1) % 700) {
    pieces.push_back(ByteView(all).subspan(at, std::min(size, all.size() - at)));
  }
  pieces.emplace_back();
  Scope scope(w.loop());
  conformance::Outcome<void> written;
  scope.spawn(conformance::keep_write_all(*w.a, pieces, written));
  Bytes got(all.size());
  ASSERT_TRUE(w.run(read_exact(*w.b, got)));
  w.run(scope.join());
  EXPECT_TRUE(*written);
  EXPECT_EQ(got, all);
}

TYPED_TEST_P(StreamConformance, SlowReaderHoldsUpTheWriter) {
  auto& w = this->world;
  const Bytes all = conformance::pattern(TypeParam::kBuffered);
  Scope scope(w.loop());
  conformance::Outcome<void> written;
  scope.spawn(conformance::write_and_end(*w.a, all, written));
  this->settle();
  EXPECT_FALSE(written.has_value());
  const Result<Bytes> got = w.run(read_to_end(*w.b, all.size()));
  w.run(scope.join());
  EXPECT_TRUE(*written);
  ASSERT_TRUE(got);
  EXPECT_TRUE(*got == all);
}

TYPED_TEST_P(StreamConformance, HalfCloseLeavesTheOtherDirectionOpen) {
  auto& w = this->world;
  ASSERT_TRUE(w.run(write(*w.a, as_bytes("question"))));
  ASSERT_TRUE(w.run(w.a->close_write()));
  EXPECT_EQ(as_text(*w.run(read_to_end(*w.b, 100))), "question");
  EXPECT_TRUE(w.run(w.b->wait_readable())) << "the end is something to read";
  EXPECT_TRUE(w.run(w.b->read(10))->empty()) << "again";
  ASSERT_TRUE(w.run(write(*w.b, as_bytes("answer"))));
  ASSERT_TRUE(w.run(w.b->close_write()));
  EXPECT_EQ(as_text(*w.run(read_to_end(*w.a, 100))), "answer");
}

TYPED_TEST_P(StreamConformance, NoWriteAfterItsEnd) {
  auto& w = this->world;
  ASSERT_TRUE(w.run(w.a->close_write()));
  const Result<void> late = w.run(write(*w.a, as_bytes("late")));
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is(errors::kClosed)) << late.error().message();
}

TYPED_TEST_P(StreamConformance, WaitsForBytes) {
  auto& w = this->world;
  Scope scope(w.loop());
  conformance::Outcome<void> readable;
  scope.spawn(conformance::keep_wait(*w.b, readable));
  this->settle();
  EXPECT_FALSE(readable.has_value());
  ASSERT_TRUE(w.run(write(*w.a, as_bytes("x"))));
  w.run(scope.join());
  EXPECT_TRUE(*readable);
  EXPECT_EQ(as_text(*w.run(w.b->read(10))), "x") << "waiting takes nothing";
}

TYPED_TEST_P(StreamConformance, ResetEndsWhatIsUnderWay) {
  auto& w = this->world;
  const Bytes all = conformance::pattern(TypeParam::kBuffered);
  Scope scope(w.loop());
  conformance::Outcome<std::size_t> got;
  conformance::Outcome<void> written;
  scope.spawn(conformance::keep_read(*w.a, got));
  scope.spawn(conformance::keep_write(*w.a, all, written));
  this->settle();
  ASSERT_FALSE(got || written);
  w.a->reset();
  w.a->reset();
  w.run(scope.join());
  EXPECT_TRUE(!*got && got->error().is(errors::kClosed));
  EXPECT_TRUE(!*written && written->error().is(errors::kClosed));
  const Result<void> later = w.run(write(*w.a, as_bytes("x")));
  EXPECT_TRUE(!later && later.error().is(errors::kClosed));
  const Result<void> readable = w.run(w.a->wait_readable());
  EXPECT_FALSE(readable && w.run(w.a->read(1)));
}

TYPED_TEST_P(StreamConformance, ResetIsNoEndForTheOtherSide) {
  auto& w = this->world;
  Scope scope(w.loop());
  conformance::Outcome<std::size_t> got;
  scope.spawn(conformance::keep_read(*w.b, got));
  this->settle();
  w.a->reset();
  w.run(scope.join());
  EXPECT_TRUE(!*got && got->error().is(errors::kReset));
}

TYPED_TEST_P(StreamConformance, ResetWakesTheOtherSidesWriter) {
  auto& w = this->world;
  const Bytes all = conformance::pattern(TypeParam::kBuffered);
  Scope scope(w.loop());
  conformance::Outcome<void> written;
  scope.spawn(conformance::keep_write(*w.b, all, written));
  this->settle();
  w.a->reset();
  w.run(scope.join());
  EXPECT_TRUE(!*written && written->error().is(errors::kReset));
}

TYPED_TEST_P(StreamConformance, DestroyingAnOpenStreamResetsIt) {
  auto& w = this->world;
  Scope scope(w.loop());
  conformance::Outcome<std::size_t> got;
  scope.spawn(conformance::keep_read(*w.b, got));
  this->settle();
  w.a.reset();
  w.run(scope.join());
  EXPECT_TRUE(!*got && got->error().is(errors::kReset));
}

TYPED_TEST_P(StreamConformance, WhatWasEndedProperlyArrivesThoughTheStreamIsGone) {
  auto& w = this->world;
  ASSERT_TRUE(w.run(w.b->close_write()));
  ASSERT_TRUE(w.run(read_to_end(*w.a, 0)));
  ASSERT_TRUE(w.run(write(*w.a, as_bytes("last words"))));
  ASSERT_TRUE(w.run(w.a->close_write()));
  w.a.reset();
  const Result<Bytes> got = w.run(read_to_end(*w.b, 100));
  ASSERT_TRUE(got);
  EXPECT_EQ(as_text(*got), "last words");
}

TYPED_TEST_P(StreamConformance, CancellationEndsReadsAndWrites) {
  auto& w = this->world;
  const Bytes all = conformance::pattern(TypeParam::kBuffered);
  Scope scope(w.loop());
  conformance::Outcome<std::size_t> got;
  conformance::Outcome<void> written;
  scope.spawn(conformance::keep_read(*w.a, got));
  scope.spawn(conformance::keep_write(*w.a, all, written));
  this->settle();
  ASSERT_FALSE(got || written);
  scope.cancel();
  w.run(scope.join());
  EXPECT_TRUE(!*got && got->error().is(errors::kCancelled));
  EXPECT_TRUE(!*written && written->error().is(errors::kCancelled));
}

TYPED_TEST_P(StreamConformance, CancellationEndsWaitReadable) {
  auto& w = this->world;
  Scope scope(w.loop());
  conformance::Outcome<void> readable;
  scope.spawn(conformance::keep_wait(*w.b, readable));
  this->settle();
  scope.cancel();
  w.run(scope.join());
  EXPECT_TRUE(!*readable && readable->error().is(errors::kCancelled));
}

REGISTER_TYPED_TEST_SUITE_P(StreamConformance, CarriesBytesBothWays, GathersManyPiecesInOrder,
                            SlowReaderHoldsUpTheWriter, HalfCloseLeavesTheOtherDirectionOpen, NoWriteAfterItsEnd,
                            WaitsForBytes, ResetEndsWhatIsUnderWay, ResetIsNoEndForTheOtherSide,
                            ResetWakesTheOtherSidesWriter, DestroyingAnOpenStreamResetsIt,
                            WhatWasEndedProperlyArrivesThoughTheStreamIsGone, CancellationEndsReadsAndWrites,
                            CancellationEndsWaitReadable);

}  // namespace opwire
