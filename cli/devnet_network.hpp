// A local network in this process: one sequencer and followers, each a whole node with its own key, over loopback TCP.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cli/engine_builder.hpp"
#include "cli/engine_process.hpp"
#include "cli/files.hpp"
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
  std::string out;            ///< folder for those who want to join; empty: none
  bool discovery = false;     ///< nodes know a bootnode only, and find each other
  std::uint64_t late = 0;     ///< one more follower joins after so many blocks; 0: none
  std::uint64_t cut_off = 0;  ///< one more follower is cut off for so many blocks; 0: none
  std::string engine;         ///< op-geth, one for each node; empty: engines in memory
};
inline constexpr std::uint64_t kCutOffAfter = 5;  // blocks

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

/// A cable that can be pulled.
class Cable final : public ConnectionGater {
 public:
  bool allow_peer_dial(const PeerId&) override { return !is_cut_; }
  bool allow_accept(const Multiaddr&) override { return !is_cut_; }
  void cut(Network& network);
  void mend() noexcept { is_cut_ = false; }
  bool is_cut() const noexcept { return is_cut_; }

 private:
  bool is_cut_ = false;
};

struct DevnetFollower {
  DevnetFollower(std::string its_name, Loop& loop, const PublishedBlocks& published)
      : name(std::move(its_name)), record(loop, published) {}
  std::string name;
  FollowerRecord record;
  Cable cable;
  std::unique_ptr<EngineProcess> engine;
  std::unique_ptr<node::Node> node;  ///< null: it has not joined yet
  bool is_disturbed = false;         ///< it joins late or is cut off

  /// Of its chain.
  std::uint64_t head() const;
};

class DevnetNetwork {
 public:
  DevnetNetwork(Loop& loop, Rng& rng) : loop_(loop), rng_(rng) {}
  /// Makes and connects the nodes. Errors: a line for the user, also when the task was cancelled; what was started has
  /// to be closed then too.
  Task<Result<void, std::string>> start(WorkerPool& pool, const DevnetOptions& options);

  /// Until every node has a mesh peer on the topic of the first block; false when that takes longer than limit.
  Task<bool> wait_for_mesh(Duration limit);
  /// Builds, signs and publishes one block; then what is to happen after that block happens (late, cut_off). Errors: a
  /// line for the user.
  Task<Result<void, std::string>> publish_block();
  /// True when every follower's head is the newest block; waits for that, at most limit. After stop_waiting() disturbed
  /// followers need not have caught up.
  Task<bool> wait_for_followers(Duration limit);
  /// Waits under way and later ones take a second more at most: blocks that are on their way still count.
  void stop_waiting();
  /// Before close(): a line about an op-geth that has ended by itself.
  std::optional<std::string> dead_engine();
  Task<void> close();

  const opstack::RollupConfig& rollup() const { return sequencer().config().rollup; }
  const node::Node& sequencer() const { return *sequencer_; }
  node::Node& sequencer() { return *sequencer_; }
  const std::deque<DevnetFollower>& followers() const { return followers_; }
  /// Whose head is the newest block.
  std::size_t up_to_date() const;
  const PublishedBlocks& published() const { return published_; }
  const DevnetOptions& options() const { return options_; }
  std::string topic() const;
  /// What a node of one's own has to know to find them; empty without discovery.
  std::string bootnode() const;

 private:
  Result<void, std::string> start_bootnode();
  node::Config make_config();
  /// Starts op-geth for the node, where there is to be one. Errors: a line for the user.
  Task<Result<void, std::string>> give_engine(const std::string& name, node::Config& config,
                                              std::unique_ptr<EngineProcess>& engine);
  Task<Result<void, std::string>> make_builder(node::Config& config);
  Task<Result<opstack::Envelope, std::string>> build();
  Task<Result<void, std::string>> add_sequencer(const crypto::PrivateKey& signer);
  DevnetFollower& add_follower(std::string name);
  Task<Result<void, std::string>> join(DevnetFollower& follower);
  /// It dials again at once, as whoever puts the cable back would expect.
  Task<void> mend(DevnetFollower& follower);
  Task<Result<void, std::string>> change_members();

  Loop& loop_;
  Rng& rng_;
  WorkerPool* pool_ = nullptr;
  DevnetOptions options_;
  opstack::RollupConfig rollup_;
  Address signer_;
  PublishedBlocks published_;
  TimePoint stop_by_ = TimePoint::max();
  std::vector<Multiaddr> addresses_;  // of those that have joined, in that order
  std::deque<DevnetFollower> followers_;
  DevnetFollower* late_ = nullptr;
  DevnetFollower* cut_off_ = nullptr;
  std::unique_ptr<node::Node> sequencer_;
  std::unique_ptr<EngineProcess> sequencer_engine_;
  std::unique_ptr<node::BlockBuilder> builder_;
  std::unique_ptr<EngineBuilder> engine_builder_;  // in its place
  std::optional<TemporaryFolder> folder_;          // of the engines
  std::unique_ptr<discv5::Service> bootnode_;
};

}  // namespace opwire::cli
