#include "opwire/opstack/sync/client.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/opstack/sync/stream_network_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using namespace std::chrono_literals;
using test::peer;

const std::vector<std::string> kProtocols{payload_by_number_protocols(test::kChain).front()};

/// What a peer does with a stream.
struct Behaviour {
  std::vector<Envelope> chain;
  Duration latency = 20ms;
  bool stalls = false;
  std::function<Bytes(Bytes answer)> change = {};
  std::size_t asked = 0;
};

Bytes answer_of(const Behaviour& behaviour, BlockNumber number) {
  if (number.value >= behaviour.chain.size()) return {1};
  Bytes answer = test::answer_of(behaviour.chain[number.value]);
  return behaviour.change ? behaviour.change(std::move(answer)) : answer;
}

Task<void> serve(Loop* loop, Behaviour* behaviour, PeerStream stream) {
  ByteArray<8> request{};
  const Result<void> got = co_await read_exact(*stream, request);
  if (!got) co_return;
  ++behaviour->asked;
  (void)co_await sleep_for(*loop, behaviour->stalls ? Duration(1h) : behaviour->latency);
  const Bytes answer = answer_of(*behaviour, parse_request(request));
  const Result<void> sent = co_await write(*stream, answer);
  if (sent) (void)co_await stream->close_write();
  ByteArray<1> rest{};
  (void)co_await stream->read_some(rest);
}

class Collected final : public RangeSink {
 public:
  bool on_proved(const Envelope& envelope, const PeerId&) override {
    numbers.push_back(envelope.payload.number.value);
    return numbers.size() < most;
  }
  std::vector<std::uint64_t> numbers;
  std::size_t most = 1'000'000;
};

class Reports final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view) override {
    blamed[peer].emplace_back(error.name());
  }
  std::map<PeerId, std::vector<std::string>> blamed;
};

class PayloadClientTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kBlocks = 30;  // asked for: 1 to 30

  PayloadClientTest() : chain_(test::make_chain(kBlocks + 2)) {
    client_.emplace(network_, pool_, test::kChain, test::schedule(), &reports_);
  }
  ~PayloadClientTest() override { loop_.run(network_.close()); }

  Behaviour& join(std::uint64_t number, std::vector<std::string> protocols = kProtocols) {
    Behaviour& behaviour = peers_[number];
    behaviour.chain = chain_;
    network_.join(peer(number), std::move(protocols),
                  [this, &behaviour](PeerStream stream) { return serve(&loop_, &behaviour, std::move(stream)); });
    return behaviour;
  }
  BlockRange range() const { return {{0}, {kBlocks + 1}, chain_[kBlocks + 1].payload.parent_hash}; }
  Result<void> fetch_range() { return loop_.run(client_->fetch_range(range(), sink_)); }
  Task<void> run_range() { ended_ = co_await client_->fetch_range(range(), sink_); }
  Result<Envelope> fetch(std::uint64_t number) { return loop_.run(client_->fetch(peer(1), {number})); }
  void expect_whole_range() {
    ASSERT_TRUE(fetch_range());
    ASSERT_EQ(sink_.numbers.size(), kBlocks);
    for (std::size_t i = 0; i < kBlocks; ++i) EXPECT_EQ(sink_.numbers[i], kBlocks - i);
  }

  SimulatedLoop loop_{from_unix_seconds(1'700'002'000)};
  test::StreamNetwork network_{loop_};
  WorkerPool pool_{0};
  Reports reports_;
  std::vector<Envelope> chain_;
  std::map<std::uint64_t, Behaviour> peers_;
  Collected sink_;
  std::optional<Result<void>> ended_;  // of run_range()
  std::optional<PayloadClient> client_;
};

TEST_F(PayloadClientTest, FetchesOnePayload) {
  join(1);
  EXPECT_EQ(fetch(5).value(), chain_[5]);
  EXPECT_EQ(fetch(77).error(), Error(errors::kNotFound));
  EXPECT_EQ(client_->counts().codes[0].total, 1U);
  EXPECT_EQ(client_->counts().codes[1].total, 1U);
  EXPECT_EQ(client_->counts().last, BlockNumber{77});
}

TEST_F(PayloadClientTest, FetchesARangeNewestFirst) {
  join(1);
  expect_whole_range();
  EXPECT_EQ(peers_[1].asked, kBlocks);
  EXPECT_EQ(client_->progress(), std::nullopt);
}

TEST_F(PayloadClientTest, AnEmptyRangeAsksNobody) {
  join(1);
  EXPECT_TRUE(loop_.run(client_->fetch_range({{5}, {6}, {}}, sink_)));
  EXPECT_EQ(peers_[1].asked, 0U);
}

TEST_F(PayloadClientTest, KeepsToWhatOneOpNodeServes) {
  join(1);
  const TimePoint before = loop_.now();
  expect_whole_range();
  EXPECT_NEAR(std::chrono::duration<double>(loop_.now() - before).count(), 15 / 4.0, 0.1);
}

TEST_F(PayloadClientTest, ManyPeersAreAsManyTimesAsFast) {
  for (std::uint64_t i = 1; i <= 4; ++i) join(i);
  const TimePoint before = loop_.now();
  expect_whole_range();
  EXPECT_LT(loop_.now() - before, 500ms);
}

// B14: who does not speak the protocol is given work all the same.
TEST_F(PayloadClientTest, DoesNotAskWhoDoesNotSpeakTheProtocol) {
  join(1);
  join(2, {"/meshsub/1.2.0"});
  EXPECT_EQ(client_->peers(), 1U);
  expect_whole_range();
  EXPECT_EQ(peers_[2].asked, 0U);
}

TEST_F(PayloadClientTest, AsksWhoNamesTheProtocolAsKonaDoes) {
  join(1, {payload_by_number_protocols(test::kChain).back()});
  expect_whole_range();
}

TEST_F(PayloadClientTest, WaitsForAPeerToCome) {
  Scope scope(loop_);
  scope.spawn(run_range());
  loop_.run_for(1min);
  EXPECT_TRUE(sink_.numbers.empty());
  EXPECT_EQ(client_->progress()->wanted, kBlocks);
  join(1);
  loop_.run(scope.join());
  EXPECT_TRUE(*ended_);
  EXPECT_EQ(sink_.numbers.size(), kBlocks);
}

TEST_F(PayloadClientTest, OnlyLiarsAreBlamed) {
  // One honest, one slow, one without the blocks, one of each kind of liar.
  join(1);
  join(2).latency = 2s;
  join(3).chain.clear();
  join(4).chain = test::make_chain(kBlocks + 2, 1000, 2);  // another chain: right hashes, not linked
  join(5).change = [](Bytes answer) { return answer[5] ^= 1, answer; };
  join(6).change = [](Bytes answer) { return answer.resize(answer.size() / 2), answer; };
  join(7).change = [](Bytes answer) { return answer.insert(answer.end(), 20, 0), answer; };
  join(8).change = [](Bytes answer) { return answer[1] = 9, answer; };
  join(9).change = [](Bytes) { return Bytes{200}; };
  Behaviour& shifted = join(10);
  shifted.chain.insert(shifted.chain.begin(), chain_[3]);
  join(11).stalls = true;
  expect_whole_range();
  for (std::uint64_t honest : {1, 2, 3, 11}) EXPECT_FALSE(reports_.blamed.contains(peer(honest))) << honest;
  for (std::uint64_t liar : {4, 5, 6, 7, 8, 9, 10}) {
    EXPECT_EQ(reports_.blamed.contains(peer(liar)), peers_[liar].asked > 0) << liar;
  }
  EXPECT_GT(reports_.blamed.size(), 4U);
}

TEST_F(PayloadClientTest, APeerThatStallsIsTimedOut) {
  join(1).stalls = true;
  const TimePoint before = loop_.now();
  EXPECT_EQ(fetch(5).error(), Error(opwire::errors::kTimeout));
  EXPECT_EQ(loop_.now() - before, 10s);
  const RequestCounts::OfCode& failed = client_->counts().codes[1];
  EXPECT_EQ(failed.by_time[RequestCounts::kBounds.size() - 1], 1U) << "what is no peer's code is op-node's 1";
  EXPECT_EQ(failed.seconds, 10);
}

TEST_F(PayloadClientTest, APeerThatLeavesInTheMiddleIsReplaced) {
  join(1);
  Scope scope(loop_);
  scope.spawn(run_range());
  loop_.run_for(500ms);
  network_.leave(peer(1));
  loop_.run_for(10s);
  EXPECT_LT(sink_.numbers.size(), kBlocks);
  join(2);
  loop_.run(scope.join());
  EXPECT_TRUE(*ended_);
  EXPECT_EQ(sink_.numbers.size(), kBlocks);
}

TEST_F(PayloadClientTest, IsCancelledWithItsScope) {
  join(1).stalls = true;
  Scope scope(loop_);
  scope.spawn(run_range());
  loop_.run_for(1s);
  scope.cancel();
  loop_.run(scope.join());
  EXPECT_EQ(ended_->error(), Error(opwire::errors::kCancelled));
  EXPECT_TRUE(reports_.blamed.empty());
}

// B8: the receiver reports success whatever became of the block.
TEST_F(PayloadClientTest, EndsWhenTheReceiverHasNoRoom) {
  join(1);
  sink_.most = 3;
  EXPECT_EQ(fetch_range().error(), Error(opwire::errors::kLimit));
  EXPECT_EQ(sink_.numbers.size(), 3U);
}

// B4: what is remembered of a range outlives it.
TEST_F(PayloadClientTest, OneRangeAtATimeAndTheNextAfterIt) {
  join(1);
  Scope scope(loop_);
  scope.spawn(run_range());
  loop_.run_for(1ms);
  EXPECT_EQ(fetch_range().error(), Error(errors::kBusy));
  loop_.run(scope.join());
  EXPECT_TRUE(fetch_range());
}

TEST_F(PayloadClientTest, NumbersThatCannotExistAreNobodysFault) {
  join(1);
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(fetch(kMax).error(), Error(errors::kNoSuchNumber));
  const BlockRange range({kMax - 3}, {kMax}, {});
  EXPECT_EQ(loop_.run(client_->fetch_range(range, sink_)).error(), Error(errors::kNoSuchNumber));
  EXPECT_TRUE(reports_.blamed.empty());
}

TEST_F(PayloadClientTest, EndsWhenThePeersHaveAnotherBlockAtTheTop) {
  join(1);
  const BlockRange range({0}, {5}, chain_[3].payload.block_hash);
  EXPECT_EQ(loop_.run(client_->fetch_range(range, sink_)).error(), Error(errors::kTopDisputed));
}

// What arrives may be a twentieth of what it becomes.
TEST_F(PayloadClientTest, AnswersUnderWayAreBoundedDecompressed) {
  ClientOptions options;
  options.answer_bytes = 1'000'000;
  client_.emplace(network_, pool_, test::kChain, test::schedule(), &reports_, options);
  join(1).change = [](Bytes answer) {
    answer.resize(5);
    const Bytes frames = codec::snappy::encode_frames(Bytes(2'000'000));
    answer.insert(answer.end(), frames.begin(), frames.end());
    EXPECT_LT(answer.size(), 200'000U);
    return answer;
  };
  EXPECT_EQ(fetch(5).error(), Error(opwire::errors::kLimit));
}

TEST_F(PayloadClientTest, AnswersUnderWayAreBoundedTogether) {
  chain_ = test::make_chain(kBlocks + 2, 100'000);
  ClientOptions options;
  options.answer_bytes = 250'000;
  client_.emplace(network_, pool_, test::kChain, test::schedule(), &reports_, options);
  for (std::uint64_t i = 1; i <= 4; ++i) join(i);
  expect_whole_range();
  EXPECT_TRUE(reports_.blamed.empty());
}

}  // namespace
}  // namespace opwire::opstack
