#include "opwire/node/range_fetcher.hpp"

#include <gtest/gtest.h>

#include "opwire/node/block_builder.hpp"
#include "opwire/opstack/driver/embedded_engine.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/opstack/sync/stream_network_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"

namespace opwire::node {
namespace {

using namespace std::chrono_literals;
using opstack::Envelope;
using opstack::test::peer;

constexpr std::uint64_t kGenesisTime = 1'700'000'000;
constexpr std::uint64_t kBlocks = 40;

/// Serves what it has of the chain.
struct Server {
  std::map<std::uint64_t, Envelope> blocks;
  std::vector<std::uint64_t> asked;
};

Task<void> serve(Loop* loop, Server* server, PeerStream stream) {
  ByteArray<8> request{};
  const Result<void> got = co_await read_exact(*stream, request);
  if (!got) co_return;
  const std::uint64_t number = opstack::parse_request(request).value;
  server->asked.push_back(number);
  (void)co_await sleep_for(*loop, 20ms);
  const auto found = server->blocks.find(number);
  const Bytes answer = found == server->blocks.end() ? Bytes{1} : opstack::test::answer_of(found->second);
  const Result<void> sent = co_await write(*stream, answer);
  if (sent) (void)co_await stream->close_write();
  ByteArray<1> rest{};
  (void)co_await stream->read_some(rest);
}

/// Blocks 1 to kBlocks, of which the driver has the first two.
class RangeFetcherTest : public testing::Test {
 protected:
  RangeFetcherTest() : rollup_(make_devnet_config(opstack::Fork::kIsthmus, 2, kGenesisTime)) {
    SeededRng rng(1);
    BlockBuilder builder(rollup_, 1, 100, rng);
    chain_.emplace_back();
    for (std::uint64_t number = 1; number <= kBlocks; ++number)
      chain_.push_back(builder.next(kGenesisTime + 2 * number));
    options_.start = ref(2);
  }
  ~RangeFetcherTest() override {
    scope_.cancel();
    if (fetcher_) loop_.run(fetcher_->close());
    loop_.run(scope_.join());
    loop_.run(network_.close());
    loop_.run(store_.close());
  }

  opstack::L2BlockRef ref(std::uint64_t number) const { return opstack::block_ref(chain_[number].payload).value(); }
  void open_archive() {
    store::PayloadArchiveOptions options(folder_ / "archive", rollup_.l2_chain_id);
    options.bounds.max_age = std::chrono::days(36'500);
    store_.use_archive(loop_.run(store::PayloadArchive::open(loop_, pool_, options)).value());
  }
  void archive(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t number = from; number <= to; ++number) store_.put_linked(chain_[number]);
    loop_.run_for(2s);
  }
  void start() {
    client_.emplace(network_, pool_, rollup_.l2_chain_id, opstack::BlockSchedule(rollup_), nullptr);
    fetcher_.emplace(loop_, *client_, store_);
    opstack::DriverOptions driver_options;
    engine_.emplace(options_);
    driver_.emplace(loop_, *engine_, *fetcher_, nullptr, driver_options);
    fetcher_->attach(*driver_);
    scope_.spawn(driver_->run());
    loop_.run_for(10ms);
  }
  /// A peer that has blocks 1 to that one.
  Server& join(std::uint64_t highest, std::uint64_t number = 1) {
    Server& server = servers_[number];
    for (std::uint64_t block = 1; block <= highest; ++block) server.blocks[block] = chain_[block];
    network_.join(peer(number), {opstack::payload_by_number_protocols(rollup_.l2_chain_id).front()},
                  [this, &server](PeerStream stream) { return serve(&loop_, &server, std::move(stream)); });
    return server;
  }
  std::uint64_t head() const { return driver_->controller().heads().head->number.value; }
  std::uint64_t archived(std::uint64_t from, std::uint64_t to) {
    std::uint64_t count = 0;
    for (std::uint64_t number = from; number <= to; ++number) {
      if (!loop_.run(store_.at({number})).empty()) ++count;
    }
    return count;
  }

  SimulatedLoop loop_{from_unix_seconds(kGenesisTime + 2 * kBlocks)};
  store::test::Folder folder_;
  WorkerPool pool_{0};
  opstack::RollupConfig rollup_;
  std::vector<Envelope> chain_;
  opstack::test::StreamNetwork network_{loop_};
  std::map<std::uint64_t, Server> servers_;
  PayloadStore store_{loop_, pool_};
  opstack::EmbeddedEngineOptions options_;
  std::optional<opstack::EmbeddedEngine> engine_;
  std::optional<opstack::PayloadClient> client_;
  std::optional<RangeFetcher> fetcher_;
  std::optional<opstack::Driver> driver_;
  Scope scope_{loop_};
};

TEST_F(RangeFetcherTest, AGapIsFetchedFromPeers) {
  start();
  join(kBlocks);
  ASSERT_TRUE(driver_->on_own(chain_[20]));
  loop_.run_for(20s);
  EXPECT_EQ(head(), 20U);
}

TEST_F(RangeFetcherTest, WhatIsArchivedIsNotAskedFor) {
  open_archive();
  archive(10, 19);
  start();
  Server& server = join(kBlocks);
  ASSERT_TRUE(driver_->on_own(chain_[20]));
  loop_.run_for(20s);
  EXPECT_EQ(head(), 20U);
  ASSERT_FALSE(server.asked.empty());
  EXPECT_EQ(*std::max_element(server.asked.begin(), server.asked.end()), 9U);
  EXPECT_EQ(archived(3, 20), 17U) << "what was fetched is kept, and 20 came from elsewhere";
}

TEST_F(RangeFetcherTest, AnOpenEndedGapIsClosedFromTheArchive) {
  open_archive();
  archive(3, 12);
  start();
  loop_.run_for(20s);
  EXPECT_EQ(head(), 12U);
}

TEST_F(RangeFetcherTest, ARangeThatNobodyHasIsGivenUpAndAskedForAgain) {
  start();
  Server& server = join(5);
  ASSERT_TRUE(driver_->on_own(chain_[20]));
  loop_.run_for(30s);
  EXPECT_TRUE(driver_->gaps().under_way());
  loop_.run_for(45s);
  for (std::uint64_t number = 6; number < 20; ++number) server.blocks[number] = chain_[number];
  loop_.run_for(60s);
  EXPECT_EQ(head(), 20U);
}

TEST_F(RangeFetcherTest, ABlockOfABranchThatNobodyHasHoldsNothingUp) {
  SeededRng rng(2);
  BlockBuilder other(rollup_, 1, 100, rng);
  std::vector<Envelope> rivals;
  for (std::uint64_t number = 1; number <= 20; ++number) rivals.push_back(other.next(kGenesisTime + 2 * number));
  start();
  join(kBlocks, 1);
  join(kBlocks, 2);
  ASSERT_TRUE(driver_->on_own(rivals.back()));
  loop_.run_for(20s);
  ASSERT_TRUE(driver_->on_own(chain_[21]));
  loop_.run_for(100s);
  EXPECT_EQ(head(), 21U);
}

TEST_F(RangeFetcherTest, ARangeThatGossipHasClosedIsGivenUp) {
  start();
  join(2);
  ASSERT_TRUE(driver_->on_own(chain_[6]));
  loop_.run_for(6s);
  ASSERT_TRUE(driver_->gaps().under_way());
  for (std::uint64_t number = 3; number < 6; ++number) ASSERT_TRUE(driver_->on_own(chain_[number]));
  loop_.run_for(2s);
  EXPECT_EQ(head(), 6U);
  EXPECT_FALSE(client_->progress());
}

TEST_F(RangeFetcherTest, OlderBlocksGoToTheArchive) {
  open_archive();
  options_.start = ref(30);
  start();
  join(kBlocks);
  fetcher_->backfill(ref(30), {10});
  EXPECT_EQ(fetcher_->backfill_left(), 19U);
  loop_.run_for(30s);
  EXPECT_EQ(fetcher_->backfill_left(), 0U);
  EXPECT_EQ(archived(1, 29), 19U);
  EXPECT_EQ(head(), 30U);
}

TEST_F(RangeFetcherTest, OlderBlocksThatAreThereAreNotAskedForAgain) {
  open_archive();
  archive(20, 29);
  options_.start = ref(30);
  start();
  Server& server = join(kBlocks);
  fetcher_->backfill(ref(30), {10});
  loop_.run_for(30s);
  EXPECT_EQ(fetcher_->backfill_left(), 0U);
  EXPECT_EQ(*std::max_element(server.asked.begin(), server.asked.end()), 19U);
}

TEST_F(RangeFetcherTest, AGapInterruptsOlderBlocks) {
  open_archive();
  options_.start = ref(30);
  start();
  Server& server = join(0);  // nothing yet: the older blocks wait
  fetcher_->backfill(ref(30), {10});
  loop_.run_for(3s);
  for (std::uint64_t number = 31; number < 40; ++number) server.blocks[number] = chain_[number];
  ASSERT_TRUE(driver_->on_own(chain_[40]));
  loop_.run_for(10s);
  EXPECT_EQ(head(), 40U);
  for (std::uint64_t number = 1; number < 30; ++number) server.blocks[number] = chain_[number];
  loop_.run_for(90s);
  EXPECT_EQ(fetcher_->backfill_left(), 0U);
}

TEST_F(RangeFetcherTest, OlderBlocksThatDoNotComeMakeALineNowAndThen) {
  open_archive();
  options_.start = ref(30);
  start();
  join(0);
  testing::internal::CaptureStderr();
  fetcher_->backfill(ref(30), {10});
  loop_.run_for(65s);
  loop_.run(fetcher_->close());
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_NE(lines.find("older blocks are still missing"), std::string::npos) << lines;
  EXPECT_NE(lines.find("no peer sent one"), std::string::npos) << lines;
  EXPECT_NE(lines.find("from=11 to=29"), std::string::npos) << lines;
}

// Peers that are on another branch say no at once, every ten seconds.
TEST_F(RangeFetcherTest, OlderBlocksThatAreDisputedMakeALineAMinute) {
  SeededRng rng(2);
  BlockBuilder other(rollup_, 1, 100, rng);
  open_archive();
  options_.start = ref(30);
  start();
  Server& server = join(0);
  for (std::uint64_t number = 1; number < 30; ++number) server.blocks[number] = other.next(kGenesisTime + 2 * number);
  testing::internal::CaptureStderr();
  fetcher_->backfill(ref(30), {10});
  loop_.run_for(55s);
  loop_.run(fetcher_->close());
  const std::string lines = testing::internal::GetCapturedStderr();
  const std::size_t first = lines.find("older blocks are still missing");
  ASSERT_NE(first, std::string::npos) << lines;
  EXPECT_EQ(lines.find("older blocks are still missing", first + 1), std::string::npos) << lines;
  EXPECT_GT(server.asked.size(), 5U) << "it went on trying";
}

TEST_F(RangeFetcherTest, CloseEndsWhatIsUnderWay) {
  start();
  join(2);
  ASSERT_TRUE(driver_->on_own(chain_[20]));
  loop_.run_for(6s);
  ASSERT_TRUE(client_->progress());
  loop_.run(fetcher_->close());
  EXPECT_FALSE(client_->progress());
}

}  // namespace
}  // namespace opwire::node
