// Serves payload_by_number: others catch up with what we have.
//
// Requests beyond a peer's rate wait, and so do those beyond everybody's; what would wait for too long is told so. Each
// waits on its own stream: nobody waits because of another peer's haste.
#pragma once

#include <array>
#include <map>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/opstack/sync/payload_source.hpp"
#include "opwire/opstack/sync/protocol.hpp"
#include "opwire/opstack/sync/request_counts.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::opstack {

/// op-node's, except for the last two (5.2).
struct ServerOptions {
  ServerOptions() = default;
  double rate = 20;  ///< requests a second, of all peers
  double burst = 40;
  double rate_per_peer = 4;
  double burst_per_peer = 15;
  Duration read_timeout = std::chrono::seconds(10);
  Duration write_timeout = std::chrono::seconds(10);
  Duration total_timeout = std::chrono::seconds(20);  ///< of limiters and source together
  std::size_t max_bodies = 16;                        ///< in memory at once
  std::size_t max_bodies_per_peer = 2;
};

struct ServerCounts {
  std::array<std::uint64_t, 4> answers{};  ///< by AnswerCode
  std::uint64_t broken = 0;                ///< streams that failed or were too slow
  std::uint64_t bytes = 0;                 ///< of bodies that were sent whole
  RequestCounts requests;  ///< from the stream's beginning to the answer's last byte, waits for rates included
};

class PayloadServer {
 public:
  /// Serves while it lives; network and source outlive it. The network's connections are closed before it goes: they
  /// may still be serving.
  PayloadServer(Network& network, ChainId chain, const BlockSchedule& schedule, PayloadSource& source,
                const ServerOptions& options = ServerOptions());
  ~PayloadServer();
  PayloadServer(const PayloadServer&) = delete;
  PayloadServer& operator=(const PayloadServer&) = delete;

  const ServerCounts& counts() const noexcept { return counts_; }

 private:
  Task<void> serve(PeerStream stream);
  /// What to answer; the payload where that is kOk.
  Task<AnswerCode> find(BlockNumber number, TimePoint deadline, FramedPayload& found);
  /// The limiters. False: not by the deadline.
  Task<bool> wait_for_turn(PeerId peer, TimePoint deadline);
  /// Room for a body. False: not by the deadline.
  Task<bool> wait_for_slot(PeerId peer, TimePoint deadline);
  static Task<Result<void>> send(Stream& stream, AnswerCode code, const FramedPayload& payload);

  /// A body in memory.
  class Slot;

  Network& network_;
  const std::vector<std::string> protocols_;
  const BlockSchedule schedule_;
  PayloadSource& source_;
  const ServerOptions options_;
  TokenBucket all_;
  LruCache<PeerId, std::optional<TokenBucket>> peers_;
  std::map<PeerId, std::size_t> bodies_;  ///< in memory, by who asked for them
  std::size_t body_count_ = 0;
  Event freed_;
  ServerCounts counts_;
};

}  // namespace opwire::opstack
