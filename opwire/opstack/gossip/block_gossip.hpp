// The chain's blocks on gossipsub: four topics joined for life, checked as op-node checks, accepted blocks handed on,
// own blocks signed and published.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "opwire/base/log.hpp"
#include "opwire/opstack/gossip/block_check.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/opstack/gossip/clock_guard.hpp"
#include "opwire/opstack/gossip/equivocations.hpp"
#include "opwire/opstack/gossip/seen_heights.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/opstack/signer/block_signer.hpp"
#include "opwire/p2p/gossipsub/service.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::opstack {

/// op-node's gossipsub parameters (--p2p.gossip.mesh.* may change some) for a chain's topics.
gossipsub::Params gossip_params(const BlockTopics& topics);

/// Ids as op-node makes them, with kona's as their aliases; leaves the decompressed message for the validator.
class BlockMessageDecoder final : public gossipsub::MessageDecoder {
 public:
  gossipsub::Decoded decode(const gossipsub::MessageView& message) override;
  std::size_t declared_size(const gossipsub::MessageView& message) override;
  std::optional<gossipsub::MessageId> alias(const gossipsub::MessageView& message,
                                            const std::shared_ptr<const void>& content) override;
};

struct BlockGossipOptions {
  BlockGossipOptions() = default;
  ChainId chain;
  ForkSchedule forks;
  AuthorisedSigner signer;
  Duration max_age = std::chrono::seconds(60);
  Duration block_time = std::chrono::seconds(2);
  /// A peer sent a block that was rejected; null: nobody is told.
  std::function<void(const PeerId&, const Error&)> on_rejected;
};

/// The last message that was refused for some reason.
struct LastRefusal {
  WallTime at{};
  std::optional<PeerId> from;  ///< none: it was our own
  std::string detail;
};

/// How many messages ended how.
struct BlockCounts {
  std::uint64_t accepted = 0;
  std::map<std::string_view, std::uint64_t> rejected;  ///< by error name
  std::map<std::string_view, std::uint64_t> ignored;
  std::map<std::string_view, LastRefusal> last;  ///< of both
  std::uint64_t publishing_errors = 0;
  WallTime last_publishing_error{};  ///< where there was one
};

class BlockGossip {
 public:
  /// Joins the topics. service (made with gossip_params and a BlockMessageDecoder), pool and sinks outlive this; it
  /// must outlive service's close().
  BlockGossip(Loop& loop, WorkerPool& pool, gossipsub::Service& service, const BlockGossipOptions& options);
  BlockGossip(const BlockGossip&) = delete;
  BlockGossip& operator=(const BlockGossip&) = delete;

  void add_sink(BlockSink& sink) { sinks_.push_back(&sink); }
  /// Instead of an address that was a guess: without a grace period for that.
  void set_signer(const Address& signer) { options_.signer = AuthorisedSigner(signer); }
  void rotate_signer(const Address& signer) { options_.signer.rotate(signer, loop_.wall_now()); }

  /// Signs and publishes; returns what was published. Errors: kWrongVersion, the signer's, those of publish_frame.
  Task<Result<CheckedBlock>> publish(Envelope envelope, BlockSigner& signer);
  /// A compressed message that is signed already. It passes our own checks first. Errors: the checks', gossipsub's.
  Task<Result<CheckedBlock>> publish_frame(PayloadVersion version, Bytes frame);

  const BlockTopics& topics() const noexcept { return topics_; }
  const BlockCounts& counts() const noexcept { return counts_; }
  const ClockGuard& clock() const noexcept { return clock_; }
  const Equivocations& equivocations() const noexcept { return equivocations_; }

 private:
  /// When and from whom a message came; none: it is our own.
  struct Arrival {
    std::optional<PeerId> from;
    WallTime wall{};
    TimePoint at{};
  };
  Task<Result<CheckedBlock>> sign_and_send(Envelope envelope, BlockSigner& signer);
  Task<Result<CheckedBlock>> send(PayloadVersion version, Bytes frame);
  void note_publishing(const Result<CheckedBlock>& ended);
  Task<gossipsub::Verdict> validate(PayloadVersion version, gossipsub::MessagePtr message);
  /// All of op-node's checks; runs on the pool when that pays.
  Task<Result<CheckedBlock>> check(PayloadVersion version, const Result<SharedBytes>& plain, const Arrival& arrival);
  /// A block that is really signed, accepted or not.
  void note_signed(const SignedBlock& block, const Arrival& arrival, bool too_old);
  void note_clock(const SignedBlock& block, const Arrival& arrival);
  void note_unknown_signer(const Address& seen, const CheckContext& context);
  gossipsub::Verdict refuse(const Error& why, const gossipsub::Message& message);
  void deliver(const gossipsub::Message& message, const std::shared_ptr<const void>& content);

  Loop& loop_;
  WorkerPool& pool_;
  gossipsub::Service& service_;
  BlockGossipOptions options_;
  BlockTopics topics_;
  std::array<SeenHeights, kPayloadVersions.size()> seen_;
  std::vector<BlockSink*> sinks_;
  BlockCounts counts_;
  log::Limit refusal_log_;
  log::Limit signer_log_;
  ClockGuard clock_;
  Equivocations equivocations_;
  log::Limit equivocation_log_;
};

}  // namespace opwire::opstack
