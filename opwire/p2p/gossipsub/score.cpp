#include "opwire/p2p/gossipsub/score.hpp"

#include <algorithm>
#include <cmath>

namespace opwire::gossipsub {

ScoreSnapshot::Topic over_all_topics(const ScoreSnapshot& snapshot) {
  ScoreSnapshot::Topic all;
  for (const ScoreSnapshot::Topic& topic : snapshot.topics) {
    all.time_in_mesh = std::max(all.time_in_mesh, topic.time_in_mesh);
    all.first_deliveries += topic.first_deliveries;
    all.mesh_deliveries += topic.mesh_deliveries;
    all.invalid_messages += topic.invalid_messages;
  }
  return all;
}

PeerScores::PeerScores(ScoreParams params, AppScore app, KeyedHash hash)
    : params_(std::move(params)),
      app_(std::move(app)),
      ips_(params_.ip_colocation_exempt, params_.ip_colocation_threshold, hash),
      deliveries_(params_.delivery_record_ttl, params_.max_delivery_records, hash),
      connected_(0, {hash}),
      remembered_(0, {hash}) {}

void PeerScores::on_connected(const PeerId& id, const Multiaddr& remote) {
  if (const auto known = remembered_.find(id); known != remembered_.end()) {
    expiry_.erase({known->second.expires, id});
    connected_.insert(remembered_.extract(known));
  }
  Peer& peer = connected_[id];
  ips_.leave(peer.place);
  peer.place = ips_.enter(remote);
}

void PeerScores::on_disconnected(const PeerId& id, TimePoint now) {
  const auto peer = connected_.find(id);
  if (peer == connected_.end()) return;
  if (score_of(id, peer->second) > 0) return forget(connected_, peer);
  for (TopicConduct& topic : peer->second.topics) topic.on_disconnected();
  remember(peer, now + params_.retain_score);
}

void PeerScores::remember(Peers::iterator peer, TimePoint until) {
  peer->second.expires = until;
  expiry_.emplace(until, peer->first);
  remembered_.insert(connected_.extract(peer));
  if (remembered_.size() > params_.max_retained) forget_first_remembered();
}

void PeerScores::forget_first_remembered() {
  forget(remembered_, remembered_.find(expiry_.begin()->second));
  expiry_.erase(expiry_.begin());
}

void PeerScores::forget(Peers& among, Peers::iterator peer) {
  ips_.leave(peer->second.place);
  among.erase(peer);
}

void PeerScores::on_graft(const PeerId& peer, std::string_view topic, TimePoint now) {
  if (TopicConduct* const found = conduct(peer, topic)) found->on_graft(now);
}

void PeerScores::on_prune(const PeerId& peer, std::string_view topic) {
  if (TopicConduct* const found = conduct(peer, topic)) found->on_prune();
}

void PeerScores::on_pending(const MessageId& id, std::string_view topic, const PeerId& from, TimePoint now) {
  if (params_.topics.contains(topic)) deliveries_.begin(id, from, now);
}

void PeerScores::on_duplicate(const MessageId& id, std::string_view topic, const PeerId& from, TimePoint now) {
  const auto scored = params_.topics.find(topic);
  if (scored == params_.topics.end()) return;
  const auto repeat = deliveries_.repeat(id, from, scored->second.mesh_deliveries_window, now);
  const bool near = repeat == DeliveryRecords::Repeat::kNear;
  if (!near && repeat != DeliveryRecords::Repeat::kInvalid) return;
  TopicConduct* const found = conduct(from, topic);
  if (found != nullptr) near ? found->on_near_delivery() : found->on_invalid_message();
}

void PeerScores::on_accepted(const MessageId& id, std::string_view topic, TimePoint now) {
  bool first = true;
  for (const PeerId& peer : deliveries_.accept(id, now)) {
    TopicConduct* const found = conduct(peer, topic);
    if (found != nullptr) first ? found->on_first_delivery() : found->on_near_delivery();
    first = false;
  }
}

void PeerScores::on_rejected(const MessageId& id, std::string_view topic) {
  for (const PeerId& peer : deliveries_.reject(id)) on_malformed(topic, peer);
}

void PeerScores::on_ignored(const MessageId& id) {
  deliveries_.ignore(id);
}

void PeerScores::on_malformed(std::string_view topic, const PeerId& from) {
  if (TopicConduct* const found = conduct(from, topic)) found->on_invalid_message();
}

void PeerScores::add_penalty(const PeerId& peer, unsigned count) {
  if (Peer* const found = find(peer)) found->broken_rules += count;
}

double PeerScores::score(const PeerId& peer) const {
  const Peer* const found = find(peer);
  return found == nullptr ? 0 : score_of(peer, *found);
}

double PeerScores::score_of(const PeerId& id, const Peer& peer) const {
  double score = 0;
  for (const TopicConduct& topic : peer.topics) score += topic.score();
  if (params_.topic_score_cap > 0) score = std::min(score, params_.topic_score_cap);
  const double excess = std::max(peer.broken_rules - params_.behaviour_threshold, 0.0);
  return score + app_score(id) * params_.app_weight + ips_.excess_squared(peer.place) * params_.ip_colocation_weight +
         excess * excess * params_.behaviour_weight;
}

double PeerScores::app_score(const PeerId& id) const {
  const double score = app_ ? app_(id) : 0;
  return std::isfinite(score) ? score : 0;
}

void PeerScores::refresh(TimePoint now) {
  while (!expiry_.empty() && expiry_.begin()->first < now) forget_first_remembered();
  // What is remembered does not shrink: nobody waits for better times outside.
  for (auto& [id, peer] : connected_) {
    for (TopicConduct& topic : peer.topics) topic.decay(params_.decay_to_zero, now);
    peer.broken_rules *= params_.behaviour_decay;
    if (peer.broken_rules < params_.decay_to_zero) peer.broken_rules = 0;
  }
  deliveries_.expire(now);
}

Result<void> PeerScores::set_topic(std::string_view topic, const TopicScoreParams& params) {
  OPW_TRYV(params.validate());
  const auto [scored, added] = params_.topics.insert_or_assign(std::string(topic), params);
  if (added) return {};
  for (Peers* const among : {&connected_, &remembered_}) {
    for (auto& [id, peer] : *among) {
      for (TopicConduct& conduct : peer.topics) conduct.cap();
    }
  }
  return {};
}

std::vector<ScoreSnapshot> PeerScores::snapshots() const {
  std::vector<ScoreSnapshot> list;
  list.reserve(connected_.size() + remembered_.size());
  for (const auto& [id, peer] : connected_) list.push_back(snapshot_of(id, peer));
  for (ScoreSnapshot& connected : list) connected.connected = true;
  for (const auto& [id, peer] : remembered_) list.push_back(snapshot_of(id, peer));
  std::ranges::sort(list, {}, &ScoreSnapshot::peer);
  return list;
}

ScoreSnapshot PeerScores::snapshot_of(const PeerId& id, const Peer& peer) const {
  ScoreSnapshot snapshot{.peer = id,
                         .score = score_of(id, peer),
                         .app = app_score(id),
                         .ip_colocation = ips_.excess_squared(peer.place),
                         .behaviour = peer.broken_rules,
                         .topics = {}};
  for (const TopicConduct& topic : peer.topics) {
    snapshot.topics.push_back({topic.topic().first, topic.time_in_mesh(), topic.first_deliveries(),
                               topic.mesh_deliveries(), topic.invalid_messages()});
  }
  std::ranges::sort(snapshot.topics, {}, &ScoreSnapshot::Topic::topic);
  return snapshot;
}

const PeerScores::Peer* PeerScores::find(const PeerId& id) const {
  for (const Peers* const among : {&connected_, &remembered_}) {
    if (const auto found = among->find(id); found != among->end()) return &found->second;
  }
  return nullptr;
}

PeerScores::Peer* PeerScores::find(const PeerId& id) {
  return const_cast<Peer*>(std::as_const(*this).find(id));
}

TopicConduct* PeerScores::conduct(const PeerId& peer, std::string_view topic) {
  const auto scored = params_.topics.find(topic);
  Peer* const found = scored == params_.topics.end() ? nullptr : find(peer);
  if (found == nullptr) return nullptr;
  for (TopicConduct& known : found->topics) {
    if (&known.topic() == &*scored) return &known;
  }
  return &found->topics.emplace_back(*scored);
}

}  // namespace opwire::gossipsub
