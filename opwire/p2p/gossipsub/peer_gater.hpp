// When validation cannot keep up, messages of peers whose messages are mostly useless are dropped before it, at random:
// the more useless, the likelier (random early drop, go-libp2p-pubsub's peer gater). Peers of one address answer for
// each other. Control messages are not affected. No clock: times come in.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/p2p/gossipsub/peer_keys.hpp"
#include "opwire/p2p/gossipsub/score_params.hpp"

namespace opwire::gossipsub {

/// Defaults are go-libp2p-pubsub's.
struct PeerGaterParams {
  double threshold = 0.33;  ///< messages dropped by full validation queues per message validated, from which it is on
  Duration quiet = std::chrono::minutes(1);  ///< without such a drop, after which it is off

  // What a message counts against a delivered one.
  double duplicate_weight = 0.125;
  double ignore_weight = 1;
  double reject_weight = 16;
  std::map<std::string, double, std::less<>> topic_weights;  ///< of one delivered in the topic; 1 for others

  // Counters shrink by these factors at each interval, to 0 once below decay_to_zero.
  double global_decay = decay_factor(std::chrono::minutes(2), std::chrono::seconds(1));
  double source_decay = decay_factor(std::chrono::hours(1), std::chrono::seconds(1));
  Duration decay_interval = std::chrono::seconds(1);
  double decay_to_zero = 0.01;

  Duration retain = std::chrono::hours(6);  ///< how long an address is remembered once nobody is connected from it
  std::size_t max_retained = std::size_t{1} << 14;  ///< of these; the one that ends first goes

  /// Errors: kBadParameters, with the rule that is broken as its context.
  Result<void> validate() const;
};

class PeerGater {
 public:
  /// The parameters must be valid.
  PeerGater(PeerGaterParams params, KeyedHash hash);
  PeerGater(const PeerGater&) = delete;
  PeerGater& operator=(const PeerGater&) = delete;

  /// Peers without an IP address count as of one address. A peer that is connected already stays at its first address.
  void on_connected(const PeerId& peer, const Multiaddr& remote);
  void on_disconnected(const PeerId& peer, TimePoint now);

  /// A message has begun to be validated.
  void on_validated() noexcept { validated_ += 1; }
  /// One was dropped because too many are waiting.
  void on_throttled(TimePoint now) noexcept;

  // What became of a peer's message. No effect for a peer that is not connected.
  void on_delivered(const PeerId& peer, std::string_view topic);
  void on_duplicate(const PeerId& peer);
  void on_ignored(const PeerId& peer);
  void on_rejected(const PeerId& peer);

  /// False: its messages are to be dropped, this time.
  bool admits_messages(const PeerId& peer, TimePoint now, Rng& rng) const;
  /// Every decay_interval.
  void refresh(TimePoint now);

  const PeerGaterParams& params() const noexcept { return params_; }
  /// Of which anything is remembered.
  std::size_t addresses() const noexcept { return connected_.size() + retained_.size(); }

 private:
  struct Source {
    std::size_t connected = 0;
    TimePoint expires{};  // once nobody is
    double delivered = 0;
    double duplicate = 0;
    double ignored = 0;
    double rejected = 0;
  };
  using Sources = std::unordered_map<IpKey, Source, IpKeyHash>;

  bool is_on(TimePoint now) const noexcept;
  Source* find(const PeerId& peer);
  void retain(Sources::iterator source, TimePoint until);
  void forget_first_retained();

  PeerGaterParams params_;
  double validated_ = 0;
  double throttled_ = 0;
  std::optional<TimePoint> last_throttled_;
  std::unordered_map<PeerId, Sources::value_type*, KeyedPeerHash> peers_;
  Sources connected_;
  Sources retained_;
  std::set<std::pair<TimePoint, IpKey>> expiry_;  // of all that are retained
};

}  // namespace opwire::gossipsub
