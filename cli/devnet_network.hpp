// A local network in this process: one sequencer and followers, each a whole node with its own key, over loopback TCP.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "opwire/node/block_builder.hpp"
#include "opwire/node/node.hpp"

namespace opwire::cli {

struct DevnetOptions {
  std::size_t followers = 3;
  Duration block_time = std::chrono::seconds(2);
  std::uint64_t blocks = 0;  ///< 0: until stopped
  std::size_t transactions = 10;
  std::size_t transaction_size = 200;  ///< bytes
  opstack::Fork fork = opstack::Fork::kIsthmus;
  std::string out;         ///< folder for those who want to join; empty: none
  bool discovery = false;  ///< nodes know a bootnode only, and find each other
};

/// What the sequencer has published: how many in all, and the newest ones.
struct PublishedBlocks {
  static constexpr std::size_t kRemembered = 1000;
  struct Block {
    std::uint64_t number = 0;
    Hash256 hash;
    TimePoint at{};
  };
  std::uint64_t count = 0;
  std::deque<Block> newest;  ///< the last one at the end
};

/// What a follower has accepted of that.
class FollowerRecord final : public opstack::BlockSink {
 public:
  FollowerRecord(Loop& loop, const PublishedBlocks& published) : loop_(loop), published_(published) {}
  void on_block(const opstack::AcceptedBlock& block) override;

  std::uint64_t count = 0;
  std::uint64_t last_block = 0;
  std::uint64_t wire_bytes = 0;
  std::deque<Duration> latencies;  ///< from publishing to acceptance, of the newest

 private:
  Loop& loop_;
  const PublishedBlocks& published_;
};

class DevnetNetwork {
 public:
  DevnetNetwork(Loop& loop, Rng& rng) : loop_(loop), rng_(rng) {}
  /// Makes and connects the nodes. Errors: a line for the user; what was started has to be closed then too.
  Task<Result<void, std::string>> start(WorkerPool& pool, const DevnetOptions& options);

  /// Until every node has a mesh peer on the topic of the first block; false when that takes longer than limit.
  Task<bool> wait_for_mesh(Duration limit);
  /// Builds, signs and publishes one block.
  Task<Result<void>> publish_block();
  /// True when every follower has accepted every block; waits for that, at most limit.
  Task<bool> wait_for_followers(Duration limit);
  /// Waits under way and later ones take a second more at most: blocks that are on their way still count.
  void stop_waiting();
  Task<void> close();

  const opstack::RollupConfig& rollup() const { return sequencer().config().rollup; }
  const node::Node& sequencer() const { return *nodes_.front(); }
  node::Node& sequencer() { return *nodes_.front(); }
  std::size_t follower_count() const { return records_.size(); }
  const node::Node& follower(std::size_t index) const { return *nodes_[index + 1]; }
  const FollowerRecord& record(std::size_t index) const { return *records_[index]; }
  const PublishedBlocks& published() const { return published_; }
  std::string topic() const;
  /// What a node of one's own has to know to find them; empty without discovery.
  std::string bootnode() const;

 private:
  Result<void, std::string> start_bootnode();
  node::Config make_config(const opstack::RollupConfig& rollup, bool discovery);

  Loop& loop_;
  Rng& rng_;
  PublishedBlocks published_;
  TimePoint stop_by_ = TimePoint::max();
  std::vector<std::unique_ptr<FollowerRecord>> records_;
  std::vector<std::unique_ptr<node::Node>> nodes_;  // the sequencer first
  std::unique_ptr<node::BlockBuilder> builder_;
  std::unique_ptr<discv5::Service> bootnode_;
};

}  // namespace opwire::cli
