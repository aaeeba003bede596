// The score of each peer (gossipsub v1.1, "Peer Scoring", as go-libp2p-pubsub counts it). Told of what peers do; asked
// what they are worth. No clock: times come in.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/delivery_records.hpp"
#include "opwire/p2p/gossipsub/ip_colocation.hpp"
#include "opwire/p2p/gossipsub/score_params.hpp"
#include "opwire/p2p/gossipsub/topic_conduct.hpp"

namespace opwire::gossipsub {

/// P5 of a peer. Called whenever its score is worked out; what is no finite number counts as 0.
using AppScore = std::function<double(const PeerId& peer)>;

/// A score and what it was made of: the counters themselves, without weights, as go-libp2p-pubsub's inspection shows
/// them.
struct ScoreSnapshot {
  struct Topic {
    std::string topic;
    Duration time_in_mesh{};  ///< zero when out of it
    double first_deliveries = 0;
    double mesh_deliveries = 0;
    double invalid_messages = 0;
  };
  PeerId peer;
  bool connected = false;
  double score = 0;
  double app = 0;             ///< P5
  double ip_colocation = 0;   ///< P6: the squared excess
  double behaviour = 0;       ///< P7: broken rules
  std::vector<Topic> topics;  ///< in which it did something that counts, in their order
};

/// The longest time in a mesh, and the sums of the rest, as op-node tells them of a peer.
ScoreSnapshot::Topic over_all_topics(const ScoreSnapshot& snapshot);

class PeerScores {
 public:
  /// The parameters must be valid. app: null for none.
  PeerScores(ScoreParams params, AppScore app, KeyedHash hash);
  PeerScores(const PeerScores&) = delete;
  PeerScores& operator=(const PeerScores&) = delete;

  // A peer's life. A remembered score is taken up again. remote: where it is connected from, and again when that
  // changes.
  void on_connected(const PeerId& peer, const Multiaddr& remote);
  /// A score above 0 is forgotten; one of 0 or less is kept, as it is then, for retain_score, without the first
  /// deliveries that speak for the peer.
  void on_disconnected(const PeerId& peer, TimePoint now);
  void on_graft(const PeerId& peer, std::string_view topic, TimePoint now);
  void on_prune(const PeerId& peer, std::string_view topic);

  // A message's life: pending, perhaps duplicates, then one of three ends, perhaps duplicates. Our own messages are
  // from ourselves. What concerns an unknown message, peer or topic has no effect.
  void on_pending(const MessageId& id, std::string_view topic, const PeerId& from, TimePoint now);
  void on_duplicate(const MessageId& id, std::string_view topic, const PeerId& from, TimePoint now);
  void on_accepted(const MessageId& id, std::string_view topic, TimePoint now);
  /// Everybody who brought it, or yet brings it, is to blame.
  void on_rejected(const MessageId& id, std::string_view topic);
  /// Nobody is praised or blamed: ignored by its validator, or dropped before it was validated.
  void on_ignored(const MessageId& id);
  /// A message so broken that it has no id to remember it by (bad signature, unexpected author).
  void on_malformed(std::string_view topic, const PeerId& from);

  /// P7.
  void add_penalty(const PeerId& peer, unsigned count);

  /// 0 for a peer that is not known.
  double score(const PeerId& peer) const;
  /// Every decay_interval: counters shrink, times in mesh grow, what is old is forgotten.
  void refresh(TimePoint now);

  /// From now on conduct in the topic counts so; counters above new caps are cut. Errors: kBadParameters.
  Result<void> set_topic(std::string_view topic, const TopicScoreParams& params);

  /// Connected and remembered peers, in the order of their ids.
  std::vector<ScoreSnapshot> snapshots() const;
  const ScoreParams& params() const noexcept { return params_; }

 private:
  struct Peer {
    IpColocation::Place place;
    std::vector<TopicConduct> topics;  // few; in the order of their first events
    double broken_rules = 0;
    TimePoint expires{};  // of a remembered one
  };
  using Peers = std::unordered_map<PeerId, Peer, KeyedPeerHash>;

  Peer* find(const PeerId& id);
  const Peer* find(const PeerId& id) const;
  /// Null where nothing counts.
  TopicConduct* conduct(const PeerId& peer, std::string_view topic);
  double app_score(const PeerId& id) const;
  double score_of(const PeerId& id, const Peer& peer) const;
  ScoreSnapshot snapshot_of(const PeerId& id, const Peer& peer) const;
  void forget(Peers& among, Peers::iterator peer);
  void remember(Peers::iterator peer, TimePoint until);
  void forget_first_remembered();

  ScoreParams params_;
  AppScore app_;
  IpColocation ips_;
  DeliveryRecords deliveries_;
  Peers connected_;
  Peers remembered_;
  std::set<std::pair<TimePoint, PeerId>> expiry_;  // of all that are remembered
};

}  // namespace opwire::gossipsub
