// The catalogue of bad input for yamux (Y1 to Y19): each line with its reaction.
#include <gtest/gtest.h>

#include "opwire/p2p/yamux/core.hpp"
#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/frames_for_test.hpp"

namespace opwire::yamux {
namespace {

using test::data;
using test::frame;
using test::ping;
using test::Side;
using test::window;

/// A listener that has to end the session for this reason, and says so to the peer.
void expect_ends_session(Side& side, const Bytes& bytes, const ErrorKind& kind) {
  const Result<void> done = side.feed(bytes);
  ASSERT_FALSE(done);
  EXPECT_STREQ(done.error().kind().name, kind.name);
  EXPECT_EQ(done.error().consequence(), Consequence::kCloseConnection);
  const auto frames = side.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kGoAway);
  EXPECT_EQ(frames[0].header.length, 1u);
  EXPECT_FALSE(side.feed(ping(kSyn, 1)));
}

struct YamuxBadInput : testing::Test {
  Side side{Role::kListener};
};

TEST_F(YamuxBadInput, Y1VersionOne) {
  Bytes bytes = ping(kSyn, 1);
  bytes[0] = 1;
  expect_ends_session(side, bytes, errors::kBadVersion);
}

TEST_F(YamuxBadInput, Y2TypeFour) {
  Bytes bytes = ping(kSyn, 1);
  bytes[1] = 4;
  expect_ends_session(side, bytes, errors::kBadType);
}

TEST_F(YamuxBadInput, Y3UnknownFlagsAreIgnored) {
  ASSERT_TRUE(side.feed(data(1, "hello", kSyn | 0xFFF0)));
  EXPECT_EQ(side.read(1), "hello");
}

TEST_F(YamuxBadInput, Y4EvenIdFromTheDialer) {
  expect_ends_session(side, window(2, kSyn), errors::kBadStreamId);
  Side dialer(Role::kDialer);
  expect_ends_session(dialer, window(1, kSyn), errors::kBadStreamId);
}

TEST_F(YamuxBadInput, Y5StreamZero) {
  expect_ends_session(side, data(0, "x"), errors::kBadStreamId);
  Side other(Role::kListener);
  expect_ends_session(other, window(0, 0, 1), errors::kBadStreamId);
}

TEST_F(YamuxBadInput, Y6DuplicateSyn) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  side.sent();
  expect_ends_session(side, window(1, kSyn), errors::kDuplicateStream);
}

TEST_F(YamuxBadInput, Y7DataBeyondTheWindow) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  ASSERT_TRUE(side.feed(data(1, std::string(kInitialWindow, 'x'))));  // exactly the window is fine
  side.sent();
  expect_ends_session(side, frame(FrameType::kData, 0, 1, 1), errors::kWindowExceeded);

  Side other(Role::kListener);
  ASSERT_TRUE(other.feed(window(1, kSyn)));
  other.sent();
  expect_ends_session(other, frame(FrameType::kData, 0, 1, kInitialWindow + 1), errors::kWindowExceeded);
}

TEST_F(YamuxBadInput, Y8OpeningFrameBeyondTheInitialWindow) {
  ASSERT_FALSE(side.feed(frame(FrameType::kData, kSyn, 1, 262'145)));
  EXPECT_TRUE(side.core.error()->is(errors::kWindowExceeded));
}

TEST_F(YamuxBadInput, Y9WindowOverflow) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  side.sent();
  expect_ends_session(side, window(1, 0, 0xFFFFFFFF), errors::kWindowOverflow);

  Side twice(Role::kListener);
  ASSERT_TRUE(twice.feed(window(1, kSyn)));
  twice.sent();
  ASSERT_TRUE(twice.feed(window(1, 0, 0xFFFFFFFF - kInitialWindow)));
  expect_ends_session(twice, window(1, 0, 0xFFFF0000), errors::kWindowOverflow);
}

TEST_F(YamuxBadInput, Y10HugeLengthThenSlowBody) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  side.sent();
  expect_ends_session(side, frame(FrameType::kData, 0, 1, 0xFFFFFFFF), errors::kWindowExceeded);

  Side unknown(Role::kListener);  // a stream that never was
  expect_ends_session(unknown, frame(FrameType::kData, 0, 1, 0xFFFFFFFF), errors::kFrameTooLong);

  Side refused(Role::kListener);
  ASSERT_FALSE(refused.feed(frame(FrameType::kData, kSyn, 1, 0xFFFFFFFF, "slow")));
}

TEST_F(YamuxBadInput, Y11PingFloodWithoutReading) {
  for (std::uint32_t i = 0; i < 100'000; ++i) ASSERT_TRUE(side.feed(ping(kSyn, i)));
  EXPECT_EQ(side.sent().size(), 32u);  // the rest is not answered
  EXPECT_FALSE(side.core.has_output());
}

TEST_F(YamuxBadInput, Y12UnsolicitedPong) {
  ASSERT_TRUE(side.feed(ping(kAck, 5)));
  EXPECT_EQ(side.core.rtt(), Duration::zero());
  EXPECT_FALSE(side.core.has_output());
}

TEST_F(YamuxBadInput, Y13GoAwayOfAnyCodeEndsTheSession) {
  for (const std::uint32_t code : {0u, 1u, 2u, 3u, 99u}) {
    Side one(Role::kListener);
    ASSERT_TRUE(one.feed(window(1, kSyn)));
    const Result<void> done = one.feed(frame(FrameType::kGoAway, 0, 0, code));
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(errors::kGoAway));
    EXPECT_FALSE(one.core.has_output());  // nothing to say to a peer that has gone
    EXPECT_EQ(one.read(1), "<yamux.go_away>");
  }
}

TEST_F(YamuxBadInput, Y14ManySynsWithoutAccept) {
  std::size_t accepted = 0, refused = 0;
  for (StreamId id = 1; id < 200'001;) {
    Bytes batch;
    for (int i = 0; i < 500; ++i, id += 2) {
      const Bytes syn = window(id, kSyn);
      batch.insert(batch.end(), syn.begin(), syn.end());
    }
    ASSERT_TRUE(side.feed(batch));
    for (const Side::Sent& frame : side.sent()) (frame.header.flags == kAck ? accepted : refused) += 1;
  }
  EXPECT_EQ(accepted, 256u);
  EXPECT_EQ(refused, 100'000u - 256u);
  EXPECT_EQ(side.core.stream_count(), 256u);
}

TEST_F(YamuxBadInput, Y14ManySynsFromAPeerThatDoesNotRead) {
  StreamId id = 1;
  while (side.feed(window(id, kSyn))) id += 2;
  EXPECT_TRUE(side.core.error()->is(errors::kControlFlood));
  EXPECT_EQ(id / 2, 256u + 1024u);
}

TEST_F(YamuxBadInput, Y15RapidResetKeepsTheSlotUntilTheApplicationLetsGo) {
  for (StreamId id = 1; id < 2001; id += 2) {
    ASSERT_TRUE(side.feed(window(id, kSyn)));
    ASSERT_TRUE(side.feed(window(id, kRst)));
    side.sent();
  }
  EXPECT_EQ(side.core.stream_count(), 256u);
  const auto opened = side.opened_by_peer();
  EXPECT_EQ(opened.size(), 256u);
  for (const StreamId id : opened) {
    EXPECT_EQ(side.read(id), "<reset>");
    side.core.release(id, side.now);
  }
  EXPECT_EQ(side.core.stream_count(), 0u);
  EXPECT_FALSE(side.core.has_output());
}

TEST_F(YamuxBadInput, Y15SynAndResetInOneFrameIsNothing) {
  ASSERT_TRUE(side.feed(window(1, kSyn | kRst)));
  EXPECT_EQ(side.core.stream_count(), 0u);
}

TEST_F(YamuxBadInput, Y16FinTwiceIsHarmless) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  ASSERT_TRUE(side.feed(window(1, kFin)));
  ASSERT_TRUE(side.feed(data(1, "", kFin)));
  EXPECT_EQ(side.read(1), "<end>");
}

TEST_F(YamuxBadInput, Y16DataAfterFinResetsTheStream) {
  ASSERT_TRUE(side.feed(data(1, "one", kSyn | kFin)));
  ASSERT_TRUE(side.feed(window(3, kSyn)));
  side.sent();
  ASSERT_TRUE(side.feed(data(1, "two")));
  EXPECT_EQ(side.read(1), "<yamux.data_after_fin>");
  const auto frames = side.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, kRst);
  ASSERT_TRUE(side.feed(data(3, "others go on")));
  EXPECT_EQ(side.read(3), "others go on");
}

TEST_F(YamuxBadInput, Y16FramesOfUnknownStreamsAreDrained) {
  ASSERT_TRUE(side.feed(window(7, kAck)));
  ASSERT_TRUE(side.feed(window(7, kFin)));
  ASSERT_TRUE(side.feed(data(7, std::string(100'000, 'x'))));
  ASSERT_TRUE(side.feed(data(1, "hello", kSyn)));
  EXPECT_EQ(side.core.stream_count(), 1u);
  EXPECT_EQ(side.read(1), "hello");
}

TEST_F(YamuxBadInput, Y16DataOfAStreamThatOpensWhileItArrivesIsDrained) {
  ASSERT_TRUE(side.feed(frame(FrameType::kData, 0, 2, 6, "for")));
  EXPECT_EQ(side.core.open(side.now).value(), 2u);
  ASSERT_TRUE(side.feed(to_bytes(as_bytes("ged"))));
  EXPECT_EQ(side.read(2), "");
}

TEST_F(YamuxBadInput, Y17TinyFrames) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  Bytes many;
  for (int i = 0; i < 1000; ++i) {
    const Bytes one = data(1, "x");
    many.insert(many.end(), one.begin(), one.end());
  }
  std::size_t updates = 0;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(side.feed(many));
    EXPECT_EQ(side.read(1).size(), 1000u);
    updates += side.sent().size();
  }
  EXPECT_LE(updates, 9u);  // credit for half a window at a time, not for each frame
}

TEST_F(YamuxBadInput, Y18WindowNeverUpdated) {
  ASSERT_TRUE(side.feed(window(1, kSyn)));
  const Bytes much(kInitialWindow, 'x');
  side.lend(1, much);
  side.sent();
  side.core.write_copy(1, as_bytes("stuck"));
  EXPECT_FALSE(side.core.has_output());
  EXPECT_EQ(side.core.write_room(1).value(), side.quiet().max_copied - 5);
  ASSERT_TRUE(side.feed(window(1, kFin)));
  side.core.close_write(1);
  side.core.release(1, side.now);
  EXPECT_EQ(side.core.stream_count(), 1u);
  ASSERT_TRUE(side.core.on_time(side.now));
  side.now = side.core.next_time();
  ASSERT_TRUE(side.core.on_time(side.now));
  EXPECT_EQ(side.core.stream_count(), 0u);
  const auto frames = side.sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, kRst);
}

TEST_F(YamuxBadInput, Y19IdsRunOut) {
  Side last(Role::kDialer, Side::quiet(), 0xFFFFFFFD);
  EXPECT_EQ(last.core.open(last.now).value(), 0xFFFFFFFDu);
  EXPECT_EQ(last.core.open(last.now).value(), 0xFFFFFFFFu);
  EXPECT_TRUE(last.core.open(last.now).error().is(errors::kIdsExhausted));
  EXPECT_FALSE(last.core.error());  // what is open goes on
}

TEST_F(YamuxBadInput, APeerThatNeverAcknowledgesBlocksOnlyOpening) {
  std::vector<StreamId> ids;
  while (side.core.can_open()) ids.push_back(side.core.open(side.now).value());
  EXPECT_EQ(ids.size(), 256u);
  EXPECT_TRUE(side.core.open(side.now).error().is(errors::kAckBacklog));
  side.sent();
  ASSERT_TRUE(side.feed(window(ids[0], kAck)));
  ASSERT_TRUE(side.feed(window(ids[0], kAck)));  // counts once
  EXPECT_TRUE(side.core.open(side.now));
  EXPECT_FALSE(side.core.can_open());
  side.core.release(ids[1], side.now);
  EXPECT_TRUE(side.core.can_open());
}

TEST_F(YamuxBadInput, ASilentPeerIsDroppedAfterThePingTimeout) {
  Side alive(Role::kDialer, Options{});
  ASSERT_TRUE(alive.core.on_time(alive.now));
  EXPECT_EQ(alive.sent().size(), 1u);
  alive.now += std::chrono::seconds(10);
  EXPECT_EQ(alive.core.next_time(), alive.now);
  EXPECT_TRUE(alive.core.on_time(alive.now).error().is(errors::kPingTimeout));
}

}  // namespace
}  // namespace opwire::yamux
