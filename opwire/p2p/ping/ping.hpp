// Ping (libp2p specs, ping): 32 random bytes, sent back. Many rounds on one stream.
#pragma once

#include <map>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/core/network.hpp"

namespace opwire::ping {

inline constexpr const char* kProtocol = "/ipfs/ping/1.0.0";
inline constexpr std::size_t kSize = 32;

namespace errors {
inline constexpr ErrorKind kMismatch{"ping.mismatch", "the answer is not what was sent", Consequence::kResetStream};
}  // namespace errors

/// Answers pings while it lives. At most two streams a peer; one that is silent for 10 s is ended.
class Service {
 public:
  explicit Service(Network& network);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

 private:
  Task<void> serve(PeerStream stream);
  Network& network_;
  std::map<PeerId, int> streams_;
};

/// One round trip on a stream that speaks kProtocol. Errors: kMismatch, kTimeout, errors of the stream.
Task<Result<Duration>> ping(Loop& loop, Stream& stream, Rng& rng, Duration timeout = std::chrono::seconds(10));

}  // namespace opwire::ping
