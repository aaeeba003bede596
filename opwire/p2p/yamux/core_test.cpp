// The life of streams between two cores.
#include "opwire/p2p/yamux/core.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/frames_for_test.hpp"

namespace opwire::yamux {
namespace {

using test::exchange;
using test::Side;

struct Pair : testing::Test {
  Side dialer{Role::kDialer};
  Side listener{Role::kListener};
  StreamId open(Side& from, Side& to) {
    const StreamId id = from.core.open(from.now).value();
    EXPECT_TRUE(exchange(dialer, listener));
    EXPECT_EQ(to.opened_by_peer(), std::vector<StreamId>{id});
    return id;
  }
};
using Core = Pair;

TEST_F(Core, NumbersStreamsByRole) {
  EXPECT_EQ(dialer.core.open(dialer.now).value(), 1u);
  EXPECT_EQ(dialer.core.open(dialer.now).value(), 3u);
  EXPECT_EQ(listener.core.open(listener.now).value(), 2u);
  EXPECT_EQ(listener.core.open(listener.now).value(), 4u);
}

TEST_F(Core, OpensWithAnEmptyWindowUpdateAndAcknowledgesAtOnce) {
  const StreamId id = dialer.core.open(dialer.now).value();
  const auto opening = dialer.sent();
  ASSERT_EQ(opening.size(), 1u);
  EXPECT_EQ(opening[0].header.type, FrameType::kWindowUpdate);
  EXPECT_EQ(opening[0].header.flags, kSyn);
  EXPECT_EQ(opening[0].header.length, 0u);
  ASSERT_TRUE(listener.feed(test::window(id, kSyn)));
  const auto answer = listener.sent();
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].header.type, FrameType::kWindowUpdate);
  EXPECT_EQ(answer[0].header.flags, kAck);
}

TEST_F(Core, CarriesBytesBothWays) {
  const StreamId id = open(dialer, listener);
  dialer.core.write_copy(id, as_bytes("question"));
  listener.core.write_copy(id, as_bytes("answer"));
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(listener.read(id), "question");
  EXPECT_EQ(dialer.read(id), "answer");
}

TEST_F(Core, HalfClosesAndForgetsAFinishedStream) {
  const StreamId id = open(dialer, listener);
  dialer.core.write_copy(id, as_bytes("all"));
  dialer.core.close_write(id);
  EXPECT_TRUE(dialer.core.write_room(id).error().is(opwire::errors::kClosed));
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(listener.read(id), "all<end>");
  listener.core.write_copy(id, as_bytes("thanks"));
  listener.core.close_write(id);
  listener.core.release(id, listener.now);
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(dialer.read(id), "thanks<end>");
  dialer.core.release(id, dialer.now);
  EXPECT_EQ(dialer.core.stream_count() + listener.core.stream_count(), 0u);
}

TEST_F(Core, ResetsBothWaysAtOnce) {
  const StreamId id = open(dialer, listener);
  dialer.core.write_copy(id, as_bytes("never mind"));
  dialer.core.reset(id);
  const auto frames = dialer.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, kRst);
  EXPECT_EQ(frames[0].header.length, 0u);
  ASSERT_TRUE(listener.feed(test::window(id, kRst, 0x1003)));  // a version 5 error code is no window
  EXPECT_EQ(listener.read(id), "<reset>");
  EXPECT_TRUE(listener.core.write_room(id).error().is(opwire::errors::kReset));
  EXPECT_EQ(dialer.read(id), "<closed>");
}

TEST_F(Core, ReleasingAnOpenStreamResetsIt) {
  const StreamId id = open(dialer, listener);
  listener.core.release(id, listener.now);
  EXPECT_EQ(listener.core.stream_count(), 0u);
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(dialer.read(id), "<reset>");
}

TEST_F(Core, AStreamThatIsResetBeforeItsFirstFrameIsNeverSeen) {
  const StreamId id = dialer.core.open(dialer.now).value();
  dialer.core.release(id, dialer.now);
  EXPECT_FALSE(dialer.core.has_output());
  EXPECT_EQ(dialer.core.stream_count(), 0u);
}

TEST_F(Core, TakesTurnsBetweenStreams) {
  const StreamId a = open(dialer, listener);
  const StreamId b = open(dialer, listener);
  const Bytes much(200'000, 'x');
  dialer.lend(a, much);
  dialer.lend(b, much);
  std::vector<StreamId> order;
  for (const Side::Sent& frame : dialer.sent()) {
    EXPECT_LE(frame.payload.size(), 65'396u);
    order.push_back(frame.header.stream);
  }
  EXPECT_EQ(order, (std::vector<StreamId>{a, b, a, b, a, b, a, b}));
}

TEST_F(Core, LentBytesAreNotCopiedAndStayOnLoanUntilWritten) {
  const StreamId id = open(dialer, listener);
  const Bytes bytes(50'000, 'y');
  dialer.lend(id, bytes);
  EXPECT_EQ(dialer.core.write_room(id).value(), 0u);
  std::vector<OutPiece> pieces;
  dialer.core.collect(pieces, SIZE_MAX, dialer.now);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].payload.data(), bytes.data());
  dialer.core.reset(id);  // does not end the loan while the frame is being written
  EXPECT_EQ(dialer.core.unsent(id), bytes.size());
  dialer.core.on_written();
  EXPECT_EQ(dialer.core.unsent(id), 0u);
}

TEST_F(Core, WhatIsQueuedTogetherSharesFrames) {
  const StreamId id = open(dialer, listener);
  const Bytes body(70'000, 'b');
  const ByteView pieces[] = {as_bytes("head"), {}, body, as_bytes("tail")};
  dialer.core.write_copy(id, as_bytes("before "));
  dialer.core.lend(id, pieces);
  EXPECT_EQ(dialer.core.unsent(id), 70'015u);
  const auto frames = dialer.sent();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].payload, "before head" + std::string(65'385, 'b'));
  EXPECT_EQ(frames[1].payload, std::string(70'000 - 65'385, 'b') + "tail");
  EXPECT_EQ(frames[1].header.length, frames[1].payload.size());
}

TEST_F(Core, CutsAtThePeersWindowAndGoesOnWithCredit) {
  const StreamId id = open(dialer, listener);
  const Bytes much(kInitialWindow + 1000, 'z');
  dialer.lend(id, much);
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(dialer.core.unsent(id), 1000u);
  EXPECT_EQ(listener.read(id).size(), kInitialWindow);
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(dialer.core.unsent(id), 0u);
  EXPECT_EQ(listener.read(id).size(), 1000u);
}

TEST_F(Core, CreditIsOneFrameHoweverManyReads) {
  const StreamId id = open(dialer, listener);
  const Bytes much(kInitialWindow, 'z');
  dialer.lend(id, much);
  ASSERT_TRUE(exchange(dialer, listener));
  while (listener.core.read(id, 1000, listener.now).value()) continue;
  const auto frames = listener.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_GE(frames[0].header.length, kInitialWindow / 2);
}

TEST_F(Core, ControlFramesGoAheadOfData) {
  const StreamId id = open(dialer, listener);
  const Bytes much(100'000, 'z');
  dialer.lend(id, much);
  ASSERT_TRUE(dialer.feed(test::ping(kSyn, 77)));
  ASSERT_TRUE(dialer.feed(test::window(2, kSyn)));
  const auto frames = dialer.sent(1);
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].header.type, FrameType::kPing);
  EXPECT_EQ(frames[0].header.flags, kAck);
  EXPECT_EQ(frames[0].header.length, 77u);
  EXPECT_EQ(frames[1].header.flags, kAck);
  EXPECT_EQ(frames[2].header.type, FrameType::kData);
}

TEST_F(Core, ReadsFramesThatArriveByteByByte) {
  Bytes bytes = test::data(1, "hello", kSyn);
  const Bytes more = test::data(1, " world", kFin);
  bytes.insert(bytes.end(), more.begin(), more.end());
  for (const std::uint8_t byte : bytes) ASSERT_TRUE(listener.feed({byte}));
  EXPECT_EQ(listener.read(1), "hello world<end>");
}

TEST_F(Core, TakesSynFinAndDataInOneFrame) {
  ASSERT_TRUE(listener.feed(test::data(1, "all at once", kSyn | kFin)));
  EXPECT_EQ(listener.opened_by_peer(), std::vector<StreamId>{1});
  EXPECT_EQ(listener.read(1), "all at once<end>");
}

TEST_F(Core, AddsTheWindowOfSynAndAck) {
  ASSERT_TRUE(listener.feed(test::window(1, kSyn, 1000)));
  const Bytes much(kInitialWindow + 2000, 'z');
  listener.lend(1, much);
  listener.sent();
  EXPECT_EQ(listener.core.unsent(1), 1000u);
}

TEST_F(Core, CloseReadCountsAndDropsWithoutCredit) {
  const StreamId id = open(dialer, listener);
  listener.core.close_read(id);
  const Bytes much(kInitialWindow + 1, 'z');
  dialer.lend(id, much);
  ASSERT_TRUE(exchange(dialer, listener));
  EXPECT_EQ(dialer.core.unsent(id), 1u);  // the window is used up for good
  EXPECT_TRUE(listener.feed(test::data(id, "")));
  EXPECT_TRUE(listener.feed(test::data(id, "x")).error().is(errors::kWindowExceeded));
}

TEST_F(Core, GrowsTheWindowOnceTheRoundTripIsKnown) {
  Options options;
  options.max_window = 1024 * 1024;
  Side reader(Role::kListener, options);
  ASSERT_TRUE(reader.core.on_time(reader.now));
  const auto pings = reader.sent();
  ASSERT_EQ(pings.size(), 1u);
  reader.now += std::chrono::milliseconds(10);
  ASSERT_TRUE(reader.feed(test::ping(kAck, pings[0].header.length)));
  EXPECT_EQ(reader.core.rtt(), std::chrono::milliseconds(10));
  ASSERT_TRUE(reader.feed(test::data(1, std::string(kInitialWindow, 'x'), kSyn)));
  EXPECT_EQ(reader.read(1).size(), kInitialWindow);
  const auto frames = reader.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.length, 2 * kInitialWindow);
}

TEST_F(Core, WhatArrivedBeforeTheSessionEndedCanBeRead) {
  ASSERT_TRUE(listener.feed(test::data(1, "last words", kSyn)));
  EXPECT_TRUE(listener.feed(test::frame(FrameType::kGoAway, 0, 0, 0)).error().is(errors::kGoAway));
  EXPECT_EQ(listener.read(1), "last words<yamux.go_away>");
}

TEST_F(Core, GoAwayIsTheLastFrame) {
  const StreamId id = open(dialer, listener);
  dialer.core.end(opwire::errors::kClosed, GoAwayCode::kNormal);
  const auto frames = dialer.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kGoAway);
  EXPECT_EQ(frames[0].header.length, 0u);
  EXPECT_FALSE(dialer.core.has_output());
  EXPECT_EQ(dialer.read(id), "<closed>");
  EXPECT_TRUE(dialer.core.open(dialer.now).error().is(opwire::errors::kClosed));
}

}  // namespace
}  // namespace opwire::yamux
