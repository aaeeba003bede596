// A session whose other end is a hand that writes frames, or does nothing.
#include <gtest/gtest.h>

#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/yamux/accepted_for_test.hpp"
#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/frames_for_test.hpp"
#include "opwire/p2p/yamux/session.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::yamux {
namespace {

using std::chrono::seconds;

Task<void> collect(Stream& from, Bytes& into) {
  while (true) {
    const Result<Buffer> bytes = co_await from.read(SIZE_MAX);
    if (!bytes || bytes->empty()) co_return;
    into.insert(into.end(), bytes->data(), bytes->data() + bytes->size());
  }
}

Task<void> run_and_note(Session& session, test::Accepted& accepted, std::optional<Error>& why) {
  why = co_await session.run(accepted.sink());
}

struct SessionFailure : testing::Test {
  void start(Role role, const Options& options) {
    auto [a, b] = net::make_stream_pair(loop, 4096);
    peer = std::move(b);
    session.emplace(loop, std::move(a), role, options);
    tasks.emplace(loop);
    tasks->spawn(run_and_note(*session, accepted, ended));
  }
  void TearDown() override {
    session->close();
    peer->reset();
    loop.run(tasks->join(), seconds(30));
  }
  void send(const Bytes& bytes) { ASSERT_TRUE(loop.run(write(*peer, bytes))); }
  /// What the session has sent so far.
  Bytes received() {
    if (!std::exchange(reading, true)) tasks->spawn(collect(*peer, arrived));
    loop.run_for(std::chrono::milliseconds(1));
    return std::exchange(arrived, {});
  }

  SimulatedLoop loop;
  std::unique_ptr<Stream> peer;
  Bytes arrived;
  bool reading = false;
  std::optional<Session> session;
  test::Accepted accepted;
  std::optional<Error> ended;
  std::optional<Scope> tasks;
};

TEST_F(SessionFailure, AProtocolErrorIsToldAndEndsTheSession) {
  start(Role::kListener, test::Side::quiet());
  send(test::window(2, kSyn));
  EXPECT_EQ(received(), test::frame(FrameType::kGoAway, 0, 0, 1));
  EXPECT_FALSE(ended) << "the peer gets a second to read it";
  loop.run_for(seconds(2));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is(errors::kBadStreamId));
}

TEST_F(SessionFailure, TheEndOfTheConnectionEndsTheSession) {
  start(Role::kListener, test::Side::quiet());
  static_cast<void>(loop.run(peer->close_write()));
  loop.run_for(seconds(1));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is(opwire::errors::kReset));
}

TEST_F(SessionFailure, ABrokenConnectionEndsTheSession) {
  start(Role::kListener, test::Side::quiet());
  peer->reset();
  loop.run_for(seconds(1));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is(opwire::errors::kReset));
}

TEST_F(SessionFailure, APeerThatTakesNothingIsDroppedAfterTheWriteTimeout) {
  start(Role::kListener, test::Side::quiet());
  send(test::window(1, kSyn));
  const auto stream = accepted.next(loop);
  const Bytes much(100'000, 'x');
  const TimePoint before = loop.now();
  EXPECT_TRUE(loop.run(write(*stream, much)).error().is(errors::kWriteTimeout));
  EXPECT_EQ(loop.now(), before + Options().write_timeout);
  loop.run_for(seconds(1));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is(errors::kWriteTimeout));
}

TEST_F(SessionFailure, ASilentPeerIsDroppedAfterThePingTimeout) {
  start(Role::kDialer, Options());
  loop.run_for(seconds(12));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is(errors::kPingTimeout));
}

TEST_F(SessionFailure, CloseEndsInItsTimeThoughThePeerIsStuck) {
  start(Role::kListener, test::Side::quiet());
  send(test::window(1, kSyn));
  const auto stream = accepted.next(loop);
  std::optional<Result<void>> written;
  tasks->spawn([](Stream& to, std::optional<Result<void>>& done) -> Task<void> {
    const Bytes much(100'000, 'x');
    done.emplace(co_await write(to, much));
  }(*stream, written));
  loop.run_for(seconds(1));
  session->close();
  loop.run_for(seconds(2));
  EXPECT_TRUE(ended);
  ASSERT_TRUE(written);
  EXPECT_TRUE(written->error().is(opwire::errors::kClosed));
}

TEST_F(SessionFailure, PingsAreAnsweredWhileTheApplicationIsStuck) {
  start(Role::kListener, test::Side::quiet());
  send(test::data(1, std::string(2000, 'x'), kSyn));  // nobody accepts it
  received();
  send(test::ping(kSyn, 99));
  EXPECT_EQ(received(), test::ping(kAck, 99));
}

TEST_F(SessionFailure, APeerThatAcknowledgesNothingMakesOpeningTimeOut) {
  Options options = test::Side::quiet();
  options.max_ack_backlog = 2;
  start(Role::kListener, options);
  const auto one = loop.run(session->open_stream()).value(), two = loop.run(session->open_stream()).value();
  EXPECT_TRUE(loop.run(session->open_stream()).error().is(opwire::errors::kTimeout));
}

TEST_F(SessionFailure, TheAcknowledgementLetsOpeningGoOn) {
  Options options = test::Side::quiet();
  options.max_ack_backlog = 1;
  start(Role::kListener, options);
  const auto one = loop.run(session->open_stream()).value();
  std::optional<TimePoint> opened;
  tasks->spawn([](Session& on, SimulatedLoop& time, std::optional<TimePoint>& when) -> Task<void> {
    const auto stream = co_await on.open_stream();
    if (stream) when = time.now();
  }(*session, loop, opened));
  loop.run_for(seconds(1));
  EXPECT_FALSE(opened);
  send(test::window(2, kAck));
  loop.run_for(seconds(1));
  EXPECT_TRUE(opened);
}

}  // namespace
}  // namespace opwire::yamux
