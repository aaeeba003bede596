// Invalid blocks cost: who sends three of them within ten minutes is banned. op-node's scoring forgets them since
// v1.13.4, so this is a stated difference, and there is a flag that turns it off.
//
// What counts is what an honest peer, which checks before it forwards, cannot have sent (op-node's REJECT for
// signature, SSZ or hash):
//   crypto.bad_signature   a signature that is nobody's
//   block.wrong_signer     signed by another key than the chain's; see below
//   payload.*              SSZ that cannot be decoded, and a hash that is not the block's
// What does not count, though it is a REJECT: time (kTooOld, kTooNew), for clocks differ; the count of blocks at a
// height (kTooManyAtHeight), for the order of arrival differs; the rules of a fork (withdrawals, blob gas), for its
// time may be configured otherwise; what snappy refuses and what is too short for a signature. IGNORE never counts.
//
// After a change of the chain's key that we have not heard of, everybody's blocks are of the wrong signer, and no block
// is accepted. So strikes of that kind ban nobody before a block was accepted after the peer's first strike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/base/error.hpp"
#include "opwire/base/lru_cache.hpp"
#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire::opstack::reputation {

struct StrikesOptions {
  std::size_t limit = 3;  ///< at least one
  Duration window = std::chrono::minutes(10);
  std::size_t max_peers = 1'000;  ///< at least one; whose last strike is longest ago is forgotten first
};

class Strikes {
 public:
  explicit Strikes(StrikesOptions options = {});

  static bool counts(const ErrorKind& why) noexcept;

  /// The peer sent a block that was refused for this. The reason for its ban where it has come to that; then its
  /// strikes are forgotten.
  std::optional<std::string> on_refused(const PeerId& peer, const ErrorKind& why, TimePoint now);
  /// A block of the chain's signer was accepted, from anybody.
  void on_accepted(TimePoint now) noexcept { accepted_ = now; }

  std::size_t peers() const noexcept { return peers_.size(); }

 private:
  struct Strike {
    TimePoint when;
    bool certain;  // not for the signer alone
  };
  bool is_enough(const std::vector<Strike>& strikes) const noexcept;

  StrikesOptions options_;
  LruCache<PeerId, std::vector<Strike>> peers_;  // each: at most `limit`, the oldest first
  TimePoint accepted_ = TimePoint::min();        // never
};

}  // namespace opwire::opstack::reputation
