#include "opwire/node/payload_store.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/opstack/driver/embedded_engine.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"

namespace opwire::node {
namespace {

using namespace std::chrono_literals;
using opstack::Envelope;
using opstack::L2BlockRef;

constexpr std::uint64_t kGenesisTime = 1'700'000'000;

/// Has a chain, or does not answer.
class Engine final : public opstack::EngineClient {
 public:
  explicit Engine(Loop& loop) : never_(loop) {}

  Task<Result<opstack::PayloadStatus>> new_payload(Envelope) override { co_return opstack::errors::kEngineRefused; }
  Task<Result<opstack::PayloadStatus>> forkchoice_updated(opstack::Forkchoice, std::uint64_t) override {
    co_return opstack::errors::kEngineRefused;
  }
  Task<Result<std::optional<L2BlockRef>>> block(opstack::BlockLabel) override { co_return std::nullopt; }
  Task<Result<std::optional<L2BlockRef>>> block(BlockNumber number) override {
    ++asked;
    if (hangs) co_await hang();
    if (failure) co_return *failure;
    const auto found = chain.find(number);
    if (found == chain.end()) co_return std::nullopt;
    co_return opstack::block_ref(found->second.payload).value();
  }
  Task<Result<Envelope>> payload(BlockNumber number) override {
    if (hangs) co_await hang();
    const auto found = chain.find(number);
    if (found == chain.end()) co_return opstack::errors::kNoSuchBlock;
    co_return found->second;
  }

  std::map<BlockNumber, Envelope> chain;
  std::optional<Error> failure;
  bool hangs = false;
  int asked = 0;
  int given_up = 0;

 private:
  Task<void> hang() {
    (void)co_await never_.wait();
    ++given_up;
  }
  Event never_;
};

/// Two blocks of number 1: one that was fetched, and a signed one that came later, which the archive prefers.
class PayloadStoreTest : public testing::Test {
 protected:
  ~PayloadStoreTest() override { loop_.run(store_.close()); }

  Envelope make(std::uint64_t seed) const {
    SeededRng rng(seed);
    return BlockBuilder(rollup_, 1, 100, rng).next(kGenesisTime + 2);
  }
  store::PayloadArchive& open_archive() {
    store::PayloadArchiveOptions options(folder_ / "archive", rollup_.l2_chain_id);
    options.bounds.max_age = std::chrono::days(36'500);
    auto archive = loop_.run(store::PayloadArchive::open(loop_, pool_, options)).value();
    store::PayloadArchive& opened = *archive;
    store_.use_archive(std::move(archive));
    return opened;
  }
  void put_signed(const Envelope& envelope) {
    opstack::GossipBody body;
    body.ssz = opstack::SharedBytes(opstack::encode_ssz(envelope));
    store_.put_signed(envelope, body);
  }
  void put_both() {
    open_archive();
    store_.put_linked(fetched_);
    loop_.run_for(1s);
    put_signed(signed_);
    loop_.run_for(wait_);
  }
  Result<opstack::FramedPayload> ask(Duration within = 20s) {
    return loop_.run(store_.payload({1}, loop_.now() + within));
  }
  /// Zero: none.
  Hash256 served() {
    const auto found = ask();
    if (!found) return {};
    Bytes ssz = codec::snappy::decode_frames(found->frames.view(), 1 << 20).value();
    return opstack::decode_ssz(found->version, opstack::SharedBytes(std::move(ssz))).value().payload.block_hash;
  }

  SimulatedLoop loop_{from_unix_seconds(kGenesisTime + 10)};
  store::test::Folder folder_;
  WorkerPool pool_{0};
  opstack::RollupConfig rollup_ = make_devnet_config(opstack::Fork::kIsthmus, 2, kGenesisTime);
  const Envelope fetched_ = make(1);
  const Envelope signed_ = make(2);
  Duration wait_ = 1s;  // the last one is written then
  Engine engine_{loop_};
  PayloadStore store_{loop_, pool_};
};

TEST_F(PayloadStoreTest, OfSeveralServesTheOneOfOurChain) {
  put_both();
  EXPECT_EQ(served(), signed_.payload.block_hash) << "nobody can tell";
  store_.use_engine(engine_);
  engine_.chain[{1}] = fetched_;
  EXPECT_EQ(served(), fetched_.payload.block_hash);
  engine_.chain[{1}] = signed_;
  EXPECT_EQ(served(), signed_.payload.block_hash);
}

TEST_F(PayloadStoreTest, OfSeveralServesTheOneOfOurChainWhileTheOtherWaitsToBeWritten) {
  wait_ = 1ms;
  put_both();
  ASSERT_EQ(store_.archive()->status().waiting, 1U);
  store_.use_engine(engine_);
  engine_.chain[{1}] = fetched_;
  EXPECT_EQ(served(), fetched_.payload.block_hash);
}

TEST_F(PayloadStoreTest, WithoutAnArchiveToo) {
  store_.put_linked(fetched_);
  put_signed(signed_);
  EXPECT_EQ(served(), signed_.payload.block_hash) << "the newer one";
  EXPECT_TRUE(loop_.run(store_.by_hash(fetched_.payload.block_hash)));
  EXPECT_EQ(loop_.run(store_.at({1})).size(), 2U);
  store_.use_engine(engine_);
  engine_.chain[{1}] = fetched_;
  EXPECT_EQ(served(), fetched_.payload.block_hash);
}

TEST_F(PayloadStoreTest, OfTwoSignedOnesServesTheOneOfOurChain) {
  put_both();
  put_signed(fetched_);
  put_signed(make(3));
  loop_.run_for(1s);
  store_.use_engine(engine_);
  engine_.chain[{1}] = fetched_;
  EXPECT_EQ(served(), fetched_.payload.block_hash);
}

TEST_F(PayloadStoreTest, TheEmbeddedEngineCanTellToo) {
  put_both();
  opstack::EmbeddedEngine engine;
  store_.use_engine(engine);
  engine.accept(fetched_.payload);
  EXPECT_EQ(served(), signed_.payload.block_hash) << "it has no head yet";
  const opstack::Forkchoice forkchoice(fetched_.payload.block_hash, Hash256(), Hash256());
  ASSERT_TRUE(engine.choose(forkchoice));
  EXPECT_EQ(served(), fetched_.payload.block_hash);
}

TEST_F(PayloadStoreTest, AnEngineThatCannotTellLeavesItToTheArchive) {
  put_both();
  store_.use_engine(engine_);
  EXPECT_EQ(served(), signed_.payload.block_hash) << "it has no such block";
  engine_.failure = opstack::errors::kEngineUnreachable;
  EXPECT_EQ(served(), signed_.payload.block_hash);
  engine_.hangs = true;
  const TimePoint began = loop_.now();
  EXPECT_EQ(served(), signed_.payload.block_hash);
  EXPECT_EQ(loop_.now() - began, PayloadStore::kTellWithin);
  EXPECT_TRUE(ask(1s));
  EXPECT_EQ(loop_.now() - began, PayloadStore::kTellWithin + 1s);
  EXPECT_EQ(engine_.given_up, 2);
}

TEST_F(PayloadStoreTest, WhereOurChainHasAThirdOneTheOthersAreNotServed) {
  put_both();
  const Envelope third = make(3);
  store_.use_engine(engine_);
  engine_.chain[{1}] = third;
  EXPECT_EQ(served(), third.payload.block_hash) << "from the engine";
  opstack::EmbeddedEngine engine;
  store_.use_engine(engine);
  engine.accept(third.payload);
  const opstack::Forkchoice forkchoice(third.payload.block_hash, Hash256(), Hash256());
  ASSERT_TRUE(engine.choose(forkchoice));
  const auto found = ask();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), Error(opstack::errors::kNotFound));
}

TEST_F(PayloadStoreTest, TheEngineIsNotAskedAboutTheOnlyOne) {
  open_archive();
  put_signed(signed_);
  loop_.run_for(1s);
  store_.use_engine(engine_);
  EXPECT_EQ(served(), signed_.payload.block_hash);
  EXPECT_EQ(engine_.asked, 0);
}

TEST_F(PayloadStoreTest, AnEngineThatHangsIsGivenUpAtTheDeadline) {
  store_.use_engine(engine_);
  engine_.hangs = true;
  const auto began = loop_.now();
  for (const bool archive : {false, true}) {
    if (archive) open_archive();
    const auto found = ask(3s);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), Error(opwire::errors::kTimeout));
  }
  EXPECT_EQ(loop_.now() - began, 6s);
  EXPECT_EQ(engine_.given_up, 2) << "it is told, and nothing waits for it any more";
}

Task<void> ask_and_note(PayloadStore* store, TimePoint deadline, std::optional<Error>* error) {
  const auto found = co_await store->payload({1}, deadline);
  if (!found) *error = found.error();
}

TEST_F(PayloadStoreTest, WhoeverAsksMayGoBeforeTheEngineAnswers) {
  store_.use_engine(engine_);
  engine_.hangs = true;
  std::optional<Error> error;
  Scope scope(loop_);
  const TimePoint began = loop_.now();
  scope.spawn(ask_and_note(&store_, began + 20s, &error));
  loop_.run_for(1s);
  scope.cancel();
  loop_.run(scope.join());
  EXPECT_EQ(error, Error(opwire::errors::kCancelled));
  EXPECT_LT(loop_.now() - began, 2s);
  EXPECT_EQ(engine_.given_up, 1);
}

TEST_F(PayloadStoreTest, WhatIsAtAHeightIsDecodedOnThePool) {
  put_both();
  EXPECT_EQ(loop_.run(store_.at({1})).size(), 2U);
  loop_.run(store_.close());
  WorkerPool full(1, 0);  // takes no job
  PayloadStore other(loop_, full);
  store::PayloadArchiveOptions options(folder_ / "archive", rollup_.l2_chain_id);
  options.bounds.max_age = std::chrono::days(36'500);
  other.use_archive(loop_.run(store::PayloadArchive::open(loop_, pool_, options)).value());
  EXPECT_TRUE(loop_.run(other.at({1})).empty()) << "the loop does not decode";
  loop_.run(other.close());
}

}  // namespace
}  // namespace opwire::node
