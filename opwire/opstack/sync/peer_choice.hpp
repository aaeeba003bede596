// Whom to ask for the next payload: the peers that speak the protocol, how fast and how reliable they are, and how much
// more they will bear.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire::opstack {

struct PeerChoiceOptions {
  PeerChoiceOptions() = default;
  /// What an op-node serves one peer (5.2). To ask for more only makes it let us wait.
  double rate = 4;
  double burst = 15;
  std::size_t max_in_flight = 16;            ///< of one peer
  Duration pause = std::chrono::seconds(4);  ///< after a failure; twice as long after each further one
  Duration longest_pause = std::chrono::minutes(1);
};

class PeerChoice {
 public:
  explicit PeerChoice(const PeerChoiceOptions& options) : options_(options) {}

  void add(const PeerId& peer);
  /// It is not asked any more. What is known of it is kept for when it comes back: leaving is no way to be forgiven.
  void remove(const PeerId& peer);
  std::size_t size() const noexcept { return present_; }
  bool contains(const PeerId& peer) const;

  /// The one that will probably answer first, of those that may be asked now and suit the question; counts the question
  /// as asked.
  std::optional<PeerId> choose(TimePoint now, const std::function<bool(const PeerId&)>& suits);
  /// Whether anybody may be asked now, whatever the question.
  bool any_free(TimePoint now);
  /// When somebody may be asked who may not be asked now because of time alone. None: nobody.
  std::optional<TimePoint> next_free(TimePoint now);

  /// How a question ended: every one that choose() counted, once.
  void on_payload(const PeerId& peer, Duration took);
  /// Says nothing about how fast it would be with a block.
  void on_not_found(const PeerId& peer);
  void on_failure(const PeerId& peer, TimePoint now);
  /// It was given up by us.
  void on_dropped(const PeerId& peer);

  /// A block that it sent, which was counted as one, turned out not to be the chain's: a pause, twice as long each
  /// time.
  void on_forgery(const PeerId& peer, TimePoint now);

  /// A smoothed time to the answer; what is assumed of peers that have not answered yet.
  Duration typical_time(const PeerId& peer) const;

 private:
  struct Peer {
    explicit Peer(const PeerChoiceOptions& options) : tokens(options.rate, options.burst) {}
    TokenBucket tokens;
    Duration smoothed = std::chrono::milliseconds(200);
    TimePoint paused_until{};
    unsigned failures = 0;  // in a row
    unsigned forgeries = 0;
    std::size_t in_flight = 0;
    bool present = false;
  };
  bool is_free(Peer& peer, TimePoint now) const;
  Peer* ended(const PeerId& peer);
  void pause(Peer& peer, unsigned doublings, TimePoint now) const;
  void forget_some();

  PeerChoiceOptions options_;
  std::map<PeerId, Peer> peers_;
  std::size_t present_ = 0;
};

}  // namespace opwire::opstack
