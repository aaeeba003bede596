#include "opwire/opstack/sync/server.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/opstack/sync/answer_reader.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/opstack/sync/stream_network_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using namespace std::chrono_literals;
using test::peer;

const std::string kProtocol = payload_by_number_protocols(test::kChain).front();
constexpr std::size_t kBlocks = 10;

/// Serves blocks 1 to 9 of a chain whose newest block may be 1,000.
class PayloadServerTest : public ::testing::Test {
 protected:
  PayloadServerTest() : chain_(test::make_chain(kBlocks)), source_(chain_) { source_.payloads.erase({0}); }
  ~PayloadServerTest() override { loop_.run(network_.close()); }

  void serve(const ServerOptions& options = ServerOptions()) {
    server_.emplace(network_, test::kChain, test::schedule(), source_, options);
  }
  /// Sends bytes, ends our direction, and reads everything; empty when the stream was reset.
  Task<Bytes> send(PeerId from, Bytes request, bool ends = true) {
    const auto stream = network_.open_from(from, kProtocol);
    const Result<void> sent = co_await write(*stream, request);
    if (sent && ends) (void)co_await stream->close_write();
    auto answer = co_await read_to_end(*stream, 20 << 20);
    if (!answer) co_return Bytes();
    co_return std::move(*answer);
  }
  Task<void> ask_again(PeerId from, Bytes* into = nullptr) {
    const ByteArray<8> request = encode_request({5});
    const Bytes answer = co_await send(from, to_bytes(request));
    if (into != nullptr) *into = answer;
  }
  Task<void> count_answer(PeerId from, std::size_t* done) {
    co_await ask_again(from);
    ++*done;
  }
  Bytes ask(std::uint64_t number, const PeerId& from = peer(1)) {
    const ByteArray<8> request = encode_request({number});
    return loop_.run(send(from, to_bytes(request)));
  }
  std::uint64_t count(AnswerCode code) const { return server_->counts().answers.at(static_cast<std::size_t>(code)); }

  SimulatedLoop loop_{from_unix_seconds(1'700'002'000)};
  test::StreamNetwork network_{loop_};
  std::vector<Envelope> chain_;
  test::ChainSource source_;
  std::optional<PayloadServer> server_;
};

TEST_F(PayloadServerTest, AnswersWithThePayload) {
  serve();
  AnswerReader reader({5}, PayloadVersion::kV4);
  ASSERT_TRUE(reader.feed(ask(5)));
  EXPECT_EQ(accept_answer(std::move(reader).finish().value()).value(), chain_[5]);
  EXPECT_EQ(count(AnswerCode::kOk), 1U);
}

TEST_F(PayloadServerTest, ServesBothSpellingsOfTheProtocolWhileItLives) {
  serve();
  EXPECT_EQ(network_.handlers.size(), 2U);
  server_.reset();
  EXPECT_TRUE(network_.handlers.empty());
}

// As op-node's, recorded: number 0 and a block that is not there give 1, u64 max gives 2.
TEST_F(PayloadServerTest, AnswersWithOpNodesCodes) {
  serve();
  EXPECT_EQ(ask(0), Bytes{1});
  EXPECT_EQ(ask(500), Bytes{1});
  EXPECT_EQ(ask(1000), Bytes{1});
  EXPECT_EQ(ask(1001), Bytes{2}) << "not before its time";
  EXPECT_EQ(ask(std::numeric_limits<std::uint64_t>::max()), Bytes{2});
  EXPECT_EQ(count(AnswerCode::kNotFound), 3U);
  EXPECT_EQ(count(AnswerCode::kInvalidRequest), 2U);
  EXPECT_EQ(server_->counts().requests.codes[1].total, 3U);
  EXPECT_EQ(server_->counts().requests.codes[2].total, 2U);
  EXPECT_EQ(server_->counts().requests.last, BlockNumber(std::numeric_limits<std::uint64_t>::max()));
}

TEST_F(PayloadServerTest, RefusesWhatIsBeforeGenesis) {
  BlockSchedule schedule = test::schedule();
  schedule.genesis = {3};
  server_.emplace(network_, test::kChain, schedule, source_);
  EXPECT_EQ(ask(2), Bytes{2});
  EXPECT_EQ(ask(3).front(), 0);
}

TEST_F(PayloadServerTest, SaysWhenItsSourceFails) {
  serve();
  source_.failure = Error(opwire::errors::kTimeout);
  EXPECT_EQ(ask(5), Bytes{3});
}

TEST_F(PayloadServerTest, AnswersAShortRequestWithAnError) {
  serve();
  EXPECT_EQ(loop_.run(send(peer(1), Bytes{1, 2, 3})), Bytes{3});
  EXPECT_EQ(loop_.run(send(peer(1), Bytes{})), Bytes{3});
}

TEST_F(PayloadServerTest, TakesALongRequestAsOpNodeDoes) {
  serve();
  const ByteArray<8> request = encode_request({5});
  Bytes longer = to_bytes(request);
  longer.resize(100);
  EXPECT_EQ(loop_.run(send(peer(1), longer)).front(), 0);
}

TEST_F(PayloadServerTest, AnswersAPeerThatNeverEndsItsDirection) {
  serve();
  const ByteArray<8> request = encode_request({5});
  const TimePoint before = loop_.now();
  EXPECT_EQ(loop_.run(send(peer(1), to_bytes(request), false)).front(), 0);
  EXPECT_LT(loop_.now() - before, 1s);
}

TEST_F(PayloadServerTest, GivesUpARequestThatDoesNotArrive) {
  serve();
  const TimePoint before = loop_.now();
  EXPECT_EQ(loop_.run(send(peer(1), Bytes{1, 2, 3}, false)), Bytes());
  EXPECT_EQ(loop_.now() - before, 10s);
  EXPECT_EQ(server_->counts().broken, 1U);
}

TEST_F(PayloadServerTest, LetsAHastyPeerWait) {
  serve();
  const TimePoint before = loop_.now();
  for (int i = 0; i < 23; ++i) EXPECT_EQ(ask(5).front(), 0);
  const double waited = std::chrono::duration<double>(loop_.now() - before).count();
  EXPECT_NEAR(waited, 2.0, 0.01) << "15 at once, then 4 a second";
}

// op-node's B2: a lock is held while one peer's limiter is waited for.
TEST_F(PayloadServerTest, OnePeersHasteMakesNobodyElseWait) {
  serve();
  Scope scope(loop_);
  for (int i = 0; i < 60; ++i) scope.spawn(ask_again(peer(1)));
  loop_.run_for(100ms);
  const TimePoint before = loop_.now();
  EXPECT_EQ(ask(5, peer(2)).front(), 0);
  EXPECT_LT(loop_.now() - before, 50ms);
  loop_.run(scope.join());
}

// B1: a limiter that refuses leaves a lock behind, and nobody is served any more.
TEST_F(PayloadServerTest, GoesOnAfterARefusal) {
  ServerOptions options;
  options.total_timeout = 1100ms;
  serve(options);
  Scope scope(loop_);
  std::vector<Bytes> answers(40);
  for (Bytes& answer : answers) scope.spawn(ask_again(peer(1), &answer));
  loop_.run(scope.join());
  EXPECT_EQ(std::ranges::count(answers, Bytes{3}), 21) << "15 at once, 4 within the second";
  EXPECT_EQ(ask(5, peer(2)).front(), 0);
  loop_.run_for(2s);
  EXPECT_EQ(ask(5).front(), 0);
}

TEST_F(PayloadServerTest, KeepsToARateForAllPeersTogether) {
  serve();
  Scope scope(loop_);
  std::size_t done = 0;
  for (std::uint64_t from = 0; from < 60; ++from) scope.spawn(count_answer(peer(from), &done));
  loop_.run_for(10ms);
  EXPECT_EQ(done, 40U);
  loop_.run_for(1s);
  EXPECT_EQ(done, 60U);
  loop_.run(scope.join());
}

// B13: a peer goes by its connection's name, and its own limiter says that it is the one of all.
TEST_F(PayloadServerTest, APeersShareIsItsOwnOverWhateverStreams) {
  ServerOptions options;
  options.total_timeout = 100ms;
  serve(options);
  for (int stream = 0; stream < 15; ++stream) EXPECT_EQ(ask(5, peer(1)).front(), 0);
  EXPECT_EQ(ask(5, peer(1)), Bytes{3}) << "another stream, the same peer";
  for (int stream = 0; stream < 15; ++stream) EXPECT_EQ(ask(5, peer(2)).front(), 0) << "its refusal is not for all";
  EXPECT_EQ(count(AnswerCode::kOk), 30U);
  EXPECT_EQ(count(AnswerCode::kUnknownError), 1U);
}

// B11: a code is appended to a body that broke off.
TEST_F(PayloadServerTest, ABodyThatIsNotReadIsResetNotEnded) {
  source_.payloads[{5}].frames = SharedBytes(Bytes(1 << 20, 7));
  serve();
  const auto stream = network_.open_from(peer(1), kProtocol);
  const ByteArray<8> request = encode_request({5});
  ASSERT_TRUE(loop_.run(write(*stream, request)));
  loop_.run_for(11s);
  const auto answer = loop_.run(read_to_end(*stream, 2 << 20));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Error(opwire::errors::kReset));
  EXPECT_EQ(server_->counts().broken, 1U);
}

TEST_F(PayloadServerTest, PeersThatDoNotEndTheirDirectionKeepNoBody) {
  ServerOptions options;
  options.max_bodies = 1;
  serve(options);
  const ByteArray<8> request = encode_request({5});
  const auto stream = network_.open_from(peer(1), kProtocol);
  ASSERT_TRUE(loop_.run(write(*stream, request)));
  loop_.run_for(100ms);
  const TimePoint before = loop_.now();
  EXPECT_EQ(ask(4, peer(2)).front(), 0);
  EXPECT_LT(loop_.now() - before, 10ms);
}

TEST_F(PayloadServerTest, PeersThatDoNotReadTakeNoMoreThanTheirShareOfBodies) {
  source_.payloads[{5}].frames = SharedBytes(Bytes(1 << 20, 7));
  ServerOptions options;
  options.max_bodies = 2;
  options.max_bodies_per_peer = 1;
  serve(options);
  const ByteArray<8> request = encode_request({5});
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 5; ++i) {
    streams.push_back(network_.open_from(peer(1), kProtocol));
    ASSERT_TRUE(loop_.run(write(*streams.back(), request)));
  }
  loop_.run_for(1s);
  const TimePoint before = loop_.now();
  EXPECT_EQ(ask(4, peer(2)).front(), 0);
  EXPECT_LT(loop_.now() - before, 10ms) << "one place is left by whoever does not read";
}

}  // namespace
}  // namespace opwire::opstack
