// Asks peers for payloads by number: one payload of one peer, or a range of many.
#pragma once

#include "opwire/opstack/sync/protocol.hpp"
#include "opwire/opstack/sync/range_sync.hpp"
#include "opwire/opstack/sync/request_counts.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/runtime/event.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::opstack {

/// Where a range goes, newest block first.
class RangeSink {
 public:
  virtual ~RangeSink() = default;
  /// On the loop. False ends the range: no room for more.
  virtual bool on_proved(const Envelope& envelope, const PeerId& from) = 0;
};

/// What peers' answers were worth, for whoever keeps score.
class AnswerObserver {
 public:
  virtual ~AnswerObserver() = default;
  /// A payload that is consistent in itself.
  virtual void on_valid_answer(const PeerId& peer) = 0;
  /// None that can be used. "Not found", and what we gave up, is no failure.
  virtual void on_failed_answer(const PeerId& peer) = 0;
  /// A payload that is not the chain's.
  virtual void on_rejected_answer(const PeerId& peer) = 0;
};

struct ClientOptions {
  ClientOptions() = default;
  PeerChoiceOptions peers;
  RangeOptions range;
  Duration answer_timeout = std::chrono::seconds(10);  ///< from the request to the end of the answer
  /// Of answers under way, decompressed, all together; beyond it, the one that wants more is given up and asked for
  /// again.
  std::size_t answer_bytes = std::size_t{64} << 20;
  AnswerObserver* observer = nullptr;  ///< outlives the client
  /// Whom fetch_range() may ask, of those who speak the protocol; null: everybody.
  std::function<bool(const PeerId&)> may_ask;
};

struct RangeProgress {
  std::uint64_t wanted = 0;  ///< blocks
  std::uint64_t proved = 0;
  std::size_t peers = 0;        ///< that speak the protocol
  std::size_t quarantined = 0;  ///< blocks that are not linked yet
  std::size_t quarantined_bytes = 0;
  TimePoint since{};  ///< when the range was begun

  /// Proved in a second, since it was begun; 0: none yet.
  double rate(TimePoint now) const noexcept;
  /// At that rate. None: nothing is proved yet.
  std::optional<double> seconds_left(TimePoint now) const noexcept;
};

class PayloadClient final : public NetworkObserver {
 public:
  /// All outlive it; events may be null.
  PayloadClient(Network& network, WorkerPool& pool, ChainId chain, const BlockSchedule& schedule, PeerEvents* events,
                const ClientOptions& options = ClientOptions());
  ~PayloadClient() override;
  PayloadClient(const PayloadClient&) = delete;
  PayloadClient& operator=(const PayloadClient&) = delete;

  /// One payload, its own hash checked. Errors: AnswerReader's and accept_answer()'s, those of the network, kTimeout,
  /// kLimit (answer_bytes), kNoSuchNumber.
  Task<Result<Envelope>> fetch(PeerId peer, BlockNumber number);

  /// Every block of the range, to the sink. Ends when all are there, and takes as long as it takes for peers to have
  /// them. One at a time. Errors: kCancelled (the task's scope), kLimit (the sink took no more), kNoSuchNumber,
  /// kTopDisputed, kBusy.
  Task<Result<void>> fetch_range(BlockRange range, RangeSink& sink);
  /// Of the range under way.
  std::optional<RangeProgress> progress() const;

  std::size_t peers() const noexcept { return choice_.size(); }
  /// The answers of ClientOptions::may_ask have changed.
  void look_again();
  /// Of requests that ended, with op-node's codes: what is no peer's code counts as 1.
  const RequestCounts& counts() const noexcept { return counts_; }

 private:
  class Charge;
  void on_peer_connected(const PeerId& peer, const ConnectionInfo& connection) override;
  void on_peer_disconnected(const PeerId& peer) override;
  void on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) override;
  void consider(const PeerId& peer, const std::vector<std::string>& protocols);

  Task<Result<Envelope>> exchange(PeerId peer, BlockNumber number, PayloadVersion version);
  Task<void> run_ask(RangeSync& range, RangeSync::Ask ask);
  Task<Result<void>> run_range(RangeSync& range, Scope& scope, RangeSink& sink);
  void tell(const PeerId& peer, const Result<Envelope>& answer);
  bool hand_on(RangeSync& range, RangeSink& sink);

  Network& network_;
  WorkerPool& pool_;
  const std::vector<std::string> protocols_;
  const BlockSchedule schedule_;
  PeerEvents* events_;
  const ClientOptions options_;
  PeerChoice choice_;
  std::size_t answer_bytes_ = 0;
  RequestCounts counts_;
  Event changed_;
  const RangeSync* under_way_ = nullptr;
  TimePoint began_{};
};

}  // namespace opwire::opstack
