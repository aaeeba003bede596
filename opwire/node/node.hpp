// An OP Stack peer-to-peer node: a host, gossip of unsafe blocks, payloads by number, static peers, discovery; what
// `opwire run` and devnet start.
#pragma once

#include <map>
#include <memory>

#include "opwire/node/chain_sync.hpp"
#include "opwire/node/config.hpp"
#include "opwire/node/discovery.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/node/upstreams.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"
#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::node {

struct Status {
  std::size_t peers = 0;
  std::size_t peers_without_topic_ids = 0;  ///< of these: seen to name messages as kona does, by ids without the topic
  std::map<std::string, std::size_t> mesh;  ///< topic → mesh peers
  std::optional<BlockNumber> last_block;    ///< highest accepted
  std::optional<std::uint64_t> last_timestamp;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::uint64_t throttled = 0;               ///< blocks that were dropped unseen: too many were being checked
  std::optional<DiscoveryStatus> discovery;  ///< none: it is off
  std::optional<ChainStatus> chain;          ///< none: the chain is not followed, or not yet
};

class Node {
 public:
  /// Starts listening, gossip and dialling. loop, pool and sinks outlive the node. Errors: a line for the user (port in
  /// use, key of the sequencer, ...).
  static Result<std::unique_ptr<Node>, std::string> make(Loop& loop, WorkerPool& pool, Config config);
  ~Node();

  /// Opens what is on the disk, begins to follow the chain and to discover, as far as the configuration says. Once.
  /// Errors: a line for the user; the node is to be closed then. close() may come while it is under way, which then
  /// ends soon and with an error.
  Task<Result<void, std::string>> start();

  Host& host() noexcept;
  const Host& host() const noexcept;
  const Config& config() const noexcept;
  WorkerPool& pool() noexcept;
  Status status() const;
  void add_sink(opstack::BlockSink& sink);

  /// Signs and publishes; the block passes our own validator first, as in op-node. Errors: the validator's, opstack
  /// kNoSigner, gossipsub's.
  Task<Result<void>> publish(opstack::Envelope envelope);
  /// A frame that is signed already, on the topic of that version.
  Task<Result<void>> publish_frame(opstack::PayloadVersion version, Bytes frame);
  /// Takes over what differs, and disconnects who is not let in any more. Returns what has changed: "static peers",
  /// "blocks", "waters", "limits", "bans". Errors: those of LiveConfig::validate(), and nothing has changed.
  Result<std::vector<std::string>, std::string> reconfigure(LiveConfig next);

  ChainSync& chain() noexcept;
  Reputation& reputation() noexcept;
  const gossipsub::Router& router() const noexcept;
  const opstack::BlockCounts& block_counts() const noexcept;
  const opstack::ClockGuard& clock() const noexcept;
  const opstack::Equivocations& equivocations() const noexcept;
  /// Null: it is off, or not started yet.
  const discv5::Protocol* discovery() const noexcept;
  /// As the pings have it (--p2p.ping); none: not measured yet.
  std::optional<Duration> latency(const PeerId& peer) const;
  const opstack::SignerWatch* signer_watch() const noexcept;
  const ChainSync& chain() const noexcept;

  /// The signer has changed on L1 (or by the operator): starts the grace period of the former one.
  void rotate_signer(const Address& signer);

  Task<void> close();

 private:
  struct Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::node
