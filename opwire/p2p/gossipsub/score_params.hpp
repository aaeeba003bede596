// What makes up a peer's score (gossipsub v1.1, "Peer Scoring"), and what a score allows. The names P1 to P7 are the
// specification's; weights of P3 to P7 are negative.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"

namespace opwire::gossipsub {

/// The factor by which a counter shrinks at each interval, so that it falls to 1 % after lifetime, of which whole
/// intervals count (go-libp2p-pubsub's ScoreParameterDecay). 0 < interval <= lifetime.
double decay_factor(Duration lifetime, Duration interval);

/// How conduct in one topic counts. All zero: it does not. Counters shrink by their decay at each decay interval.
struct TopicScoreParams {
  double weight = 0;  ///< of the whole topic

  // P1: time in our mesh.
  double time_in_mesh_weight = 0;
  Duration time_in_mesh_quantum = std::chrono::seconds(1);  ///< counts once
  double time_in_mesh_cap = 0;                              ///< quanta

  // P2: messages that it brought first.
  double first_deliveries_weight = 0;
  double first_deliveries_decay = 0;
  double first_deliveries_cap = 0;

  // P3: messages that it brought while in the mesh, first, while we checked them or within the window after that; the
  // square of what it stays below the threshold counts once it has been in the mesh for the activation time.
  double mesh_deliveries_weight = 0;
  double mesh_deliveries_decay = 0;
  double mesh_deliveries_cap = 0;
  double mesh_deliveries_threshold = 0;
  Duration mesh_deliveries_window = Duration::zero();
  Duration mesh_deliveries_activation = Duration::zero();

  // P3b: what P3 held against it when it left the mesh.
  double mesh_failures_weight = 0;
  double mesh_failures_decay = 0;

  // P4: invalid messages, squared.
  double invalid_messages_weight = 0;
  double invalid_messages_decay = 0;

  /// A part whose weight is 0 may be left out. Errors: kBadParameters, with the rule that is broken as its context.
  Result<void> validate() const;
};

/// A range of addresses: those whose first `bits` are those of `address` (4 or 16 bytes).
struct IpRange {
  Bytes address;
  unsigned bits = 0;

  /// ip: 4 or 16 bytes; never one of the other kind.
  bool contains(ByteView ip) const noexcept;
};

struct ScoreParams {
  std::map<std::string, TopicScoreParams, std::less<>> topics;  ///< others do not count
  double topic_score_cap = 0;                                   ///< of all topics together, when positive; 0: none

  double app_weight = 0;  ///< P5: what the application thinks of the peer

  // P6: peers that share an address, or the /64 of an IPv6 address; the square of those above the threshold. Loopback
  // and the exempt ranges never count.
  double ip_colocation_weight = 0;
  std::size_t ip_colocation_threshold = 1;
  std::vector<IpRange> ip_colocation_exempt;

  // P7: broken rules; the square of what is above the threshold.
  double behaviour_weight = 0;
  double behaviour_threshold = 0;
  double behaviour_decay = 0;

  Duration decay_interval = std::chrono::seconds(1);
  double decay_to_zero = 0.01;                    ///< a counter below it becomes 0
  Duration retain_score = std::chrono::hours(1);  ///< how long a peer that left with a score of 0 or less is remembered
  std::size_t max_retained = std::size_t{1} << 14;           ///< of these; the one that ends first goes
  Duration delivery_record_ttl = std::chrono::seconds(120);  ///< how long it is known who brought a message
  std::size_t max_delivery_records = std::size_t{1} << 15;   ///< a peer that brought one; the oldest message goes

  /// Errors: kBadParameters, with the rule that is broken as its context.
  Result<void> validate() const;
};

/// Below which score what ends; in this order from mild to severe.
struct ScoreThresholds {
  double gossip = 0;               ///< no IHAVE to it, none heeded, no answer to its IWANT
  double publish = 0;              ///< own messages are not sent to it unless it is in the mesh
  double graylist = 0;             ///< all its RPCs are dropped
  double accept_px = 0;            ///< from which score on its peer exchange is believed
  double opportunistic_graft = 0;  ///< a mesh with a median score below it looks for better peers

  Result<void> validate() const;
};

}  // namespace opwire::gossipsub
