// Sessions over a pipe in virtual time.
#include "opwire/p2p/yamux/session.hpp"

#include <gtest/gtest.h>

#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/yamux/accepted_for_test.hpp"
#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/frames_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::yamux {
namespace {

using std::chrono::seconds;

/// Counts writes.
class CountingStream final : public Stream {
 public:
  CountingStream(std::unique_ptr<Stream> stream, std::size_t& writes) : stream_(std::move(stream)), writes_(writes) {}
  Task<Result<void>> wait_readable() override { return stream_->wait_readable(); }
  Task<Result<std::size_t>> read_some(MutableByteView into) override { return stream_->read_some(into); }
  Task<Result<void>> write(ByteViews pieces) override {
    ++writes_;
    return stream_->write(pieces);
  }
  Task<Result<void>> close_write() override { return stream_->close_write(); }
  void reset() noexcept override { stream_->reset(); }

 private:
  std::unique_ptr<Stream> stream_;
  std::size_t& writes_;
};

struct Side {
  Side(SimulatedLoop& loop, std::unique_ptr<Stream> pipe, Role role, const Options& options = {})
      : session(loop, std::move(pipe), role, options) {}
  Session session;
  std::optional<Error> ended;
  test::Accepted accepted;
};

Task<void> run(Side& side) {
  side.ended = co_await side.session.run(side.accepted.sink());
}

struct SessionTest : testing::Test {
  SessionTest() : SessionTest(Options()) {}
  explicit SessionTest(const Options& options) {
    auto [a, b] = net::make_stream_pair(loop);
    dialer.emplace(loop, std::make_unique<CountingStream>(std::move(a), writes), Role::kDialer, options);
    listener.emplace(loop, std::move(b), Role::kListener, options);
    tasks.emplace(loop);
    tasks->spawn(run(*dialer));
    tasks->spawn(run(*listener));
  }
  ~SessionTest() override {
    dialer->session.close();
    listener->session.close();
    loop.run(tasks->join(), seconds(30));
  }

  std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> open() {
    std::unique_ptr<Stream> ours = loop.run(dialer->session.open_stream()).value();
    std::unique_ptr<Stream> theirs = listener->accepted.next(loop);
    return {std::move(ours), std::move(theirs)};
  }
  std::string read_all(Stream& stream) {
    const Result<Bytes> bytes = loop.run(read_to_end(stream, 1 << 26));
    return bytes ? std::string(as_text(*bytes)) : "<" + std::string(bytes.error().name()) + ">";
  }

  SimulatedLoop loop;
  std::size_t writes = 0;  // of the dialer
  std::optional<Side> dialer, listener;
  std::optional<Scope> tasks;
};

Task<Result<void>> send_all(Stream& stream, Bytes bytes) {
  OPW_CO_TRYV(co_await write(stream, bytes));
  co_return co_await stream.close_write();
}

Task<void> send_and_note(Stream& stream, Bytes bytes, std::optional<Result<void>>& done) {
  done.emplace(co_await send_all(stream, std::move(bytes)));
}

Task<void> read_and_note(Stream& stream, std::optional<Result<std::size_t>>& done) {
  ByteArray<16> into;
  done.emplace(co_await stream.read_some(into));
}

TEST_F(SessionTest, CarriesARequestAndItsAnswer) {
  auto [ours, theirs] = open();
  ASSERT_TRUE(loop.run(send_all(*ours, to_bytes(as_bytes("question")))));
  EXPECT_EQ(read_all(*theirs), "question");
  ASSERT_TRUE(loop.run(send_all(*theirs, to_bytes(as_bytes("answer")))));
  theirs.reset();  // both directions have ended: nothing is lost
  EXPECT_EQ(read_all(*ours), "answer");
  ours.reset();
  EXPECT_EQ(dialer->session.stream_count(), 0u);
}

TEST_F(SessionTest, MovesMoreThanAWindowAndGivesBackThePieces) {
  auto [ours, theirs] = open();
  Bytes much(3'000'000);
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<std::uint8_t>(i * 7 + i / 65'537);
  std::optional<Result<void>> sent;
  tasks->spawn(send_and_note(*ours, much, sent));
  EXPECT_EQ(read_all(*theirs), as_text(much));
  ASSERT_TRUE(sent);
  EXPECT_TRUE(*sent);
}

TEST_F(SessionTest, AWriterWaitsForASlowReaderAndOthersGoOn) {
  auto [slow_out, slow_in] = open();
  auto [out, in] = open();
  std::optional<Result<void>> sent;
  tasks->spawn(send_and_note(*slow_out, Bytes(1'000'000, 's'), sent));
  loop.run_for(seconds(1));
  EXPECT_FALSE(sent);
  ASSERT_TRUE(loop.run(send_all(*out, to_bytes(as_bytes("quick")))));
  EXPECT_EQ(read_all(*in), "quick");
  EXPECT_EQ(read_all(*slow_in).size(), 1'000'000u);
  EXPECT_TRUE(sent && *sent);
}

TEST_F(SessionTest, GathersWhatIsQueuedInOneTurn) {
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<std::optional<Result<void>>> done(10);
  for (int i = 0; i < 10; ++i) streams.push_back(loop.run(dialer->session.open_stream()).value());
  loop.run_for(seconds(1));
  const std::size_t before = writes;
  for (int i = 0; i < 10; ++i) tasks->spawn(send_and_note(*streams[i], Bytes(10, 'y'), done[i]));
  loop.run_for(seconds(1));
  EXPECT_EQ(writes - before, 1u);
}

TEST_F(SessionTest, ResetEndsWhatIsUnderWayOnBothSides) {
  auto [ours, theirs] = open();
  std::optional<Result<std::size_t>> here, there;
  tasks->spawn(read_and_note(*ours, here));
  tasks->spawn(read_and_note(*theirs, there));
  loop.run_for(seconds(1));
  ours->reset();
  loop.run_for(seconds(1));
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(here->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(there->error().is(opwire::errors::kReset));
}

TEST_F(SessionTest, DestroyingAnOpenStreamResetsIt) {
  auto [ours, theirs] = open();
  ours.reset();
  EXPECT_EQ(read_all(*theirs), "<reset>");
}

TEST_F(SessionTest, ACancelledWriterGetsItsBytesBack) {
  auto [ours, theirs] = open();
  std::optional<Result<void>> sent;
  {
    Scope scope(loop);
    scope.spawn(send_and_note(*ours, Bytes(1'000'000, 'c'), sent));
    loop.run_for(seconds(1));
    EXPECT_FALSE(sent);
    scope.cancel();
    loop.run(scope.join(), seconds(1));
  }
  ASSERT_TRUE(sent);
  EXPECT_TRUE(sent->error().is(opwire::errors::kCancelled));
  EXPECT_EQ(read_all(*theirs), "<reset>");
}

TEST_F(SessionTest, CloseEndsBothSidesAndAllWaits) {
  auto [ours, theirs] = open();
  std::optional<Result<std::size_t>> here, there;
  tasks->spawn(read_and_note(*ours, here));
  tasks->spawn(read_and_note(*theirs, there));
  loop.run_for(seconds(1));
  dialer->session.close();
  loop.run_for(seconds(1));
  ASSERT_TRUE(dialer->ended && listener->ended);
  EXPECT_TRUE(dialer->ended->is(opwire::errors::kClosed));
  EXPECT_TRUE(listener->ended->is(errors::kGoAway));
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(here->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(there->error().is(errors::kGoAway));
  EXPECT_TRUE(loop.run(dialer->session.open_stream()).error().is(opwire::errors::kClosed));
  EXPECT_TRUE(loop.run(listener->session.open_stream()).error().is(errors::kGoAway));
}

TEST_F(SessionTest, CancellingRunClosesPolitely) {
  Scope scope(loop);
  auto [a, b] = net::make_stream_pair(loop);
  Side one(loop, std::move(a), Role::kDialer), other(loop, std::move(b), Role::kListener);
  scope.spawn(run(one));
  tasks->spawn(run(other));
  loop.run_for(seconds(1));
  scope.cancel();
  loop.run(scope.join(), seconds(3));
  loop.run_for(seconds(1));
  EXPECT_TRUE(one.ended->is(opwire::errors::kClosed));
  EXPECT_TRUE(other.ended->is(errors::kGoAway));
}

TEST_F(SessionTest, KeepsAlive) {
  loop.run_for(std::chrono::hours(1));
  EXPECT_FALSE(dialer->ended);
  EXPECT_FALSE(listener->ended);
}

}  // namespace
}  // namespace opwire::yamux
