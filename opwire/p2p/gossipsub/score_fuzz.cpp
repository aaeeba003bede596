// Scores under a program of events, beside a model that remembers everything plainly and counts anew each time: both
// must agree on every peer at every step. Tables are small, so that each limit is reached.
#include <cmath>
#include <deque>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

using namespace opwire;
using namespace opwire::gossipsub;
using namespace std::chrono_literals;
using test::message_id;
using test::peer_id;

namespace {

constexpr unsigned kPeers = 6;
constexpr unsigned kMessages = 9;
constexpr unsigned kTopics = 3;  // the last does not count
constexpr std::size_t kMaxRetained = 2;
constexpr std::size_t kMaxRecords = 5;
constexpr const char* kIps[] = {"1.2.3.4", "1.2.3.5", "127.0.0.1", "10.0.0.1"};
constexpr unsigned kCountedIps = 2;  // the others are loopback and exempt

std::string topic_name(unsigned topic) {
  return "/topic/" + std::to_string(topic);
}

ScoreParams small_params() {
  ScoreParams params;
  for (unsigned topic = 0; topic + 1 < kTopics; ++topic) {
    TopicScoreParams& t = params.topics[topic_name(topic)];
    t.weight = 1 + topic;
    t.time_in_mesh_weight = 1, t.time_in_mesh_cap = 4;
    t.first_deliveries_weight = 2, t.first_deliveries_decay = 0.5, t.first_deliveries_cap = 3;
    t.mesh_deliveries_weight = -1, t.mesh_deliveries_decay = 0.5, t.mesh_deliveries_cap = 4;
    t.mesh_deliveries_threshold = 2 + topic, t.mesh_deliveries_window = 50ms, t.mesh_deliveries_activation = 3s;
    t.mesh_failures_weight = -3, t.mesh_failures_decay = 0.75;
    t.invalid_messages_weight = -5, t.invalid_messages_decay = 0.75;
  }
  params.topic_score_cap = 8;
  params.app_weight = 0.5;
  params.ip_colocation_weight = -4;
  params.ip_colocation_exempt = {{{10, 0, 0, 0}, 8}};
  params.behaviour_weight = -2, params.behaviour_threshold = 1, params.behaviour_decay = 0.75;
  params.retain_score = 4s;
  params.max_retained = kMaxRetained;
  params.delivery_record_ttl = 6s;
  params.max_delivery_records = kMaxRecords;
  return params;
}

double app_score(unsigned peer) {
  return static_cast<double>(peer) - 3;
}

struct ModelTopic {
  bool in_mesh = false, active = false;
  TimePoint grafted{};
  Duration in_mesh_for{};
  double first = 0, mesh = 0, failures = 0, invalid = 0;
};

struct ModelPeer {
  bool connected = false;
  unsigned ip = 0;
  TimePoint expires{};
  double rules = 0;
  std::map<unsigned, ModelTopic> topics;
};

enum class Status { kPending, kAccepted, kRejected, kIgnored };

struct ModelMessage {
  unsigned number;
  TimePoint expires;
  Status status = Status::kPending;
  TimePoint accepted{};
  std::vector<unsigned> bringers;
};

class Model {
 public:
  explicit Model(ScoreParams scoring) : params(std::move(scoring)) {}

  const TopicScoreParams& of(unsigned topic) const { return params.topics.at(topic_name(topic)); }
  ModelTopic* topic_of(unsigned peer, unsigned topic) {
    return peers.contains(peer) && topic + 1 < kTopics ? &peers[peer].topics[topic] : nullptr;
  }
  ModelMessage* find(unsigned message) {
    for (ModelMessage& m : messages) {
      if (m.number == message) return &m;
    }
    return nullptr;
  }
  void bring(ModelMessage& message, unsigned peer) {
    message.bringers.push_back(peer);
    for (;;) {
      std::size_t bringers = 0;
      for (const ModelMessage& m : messages) bringers += m.bringers.size();
      if (bringers <= kMaxRecords && messages.size() <= kMaxRecords) return;
      messages.pop_front();
    }
  }
  void expire_messages(TimePoint now) {
    while (!messages.empty() && messages.front().expires <= now) messages.pop_front();
  }
  void near_delivery(unsigned peer, unsigned topic) {
    ModelTopic* const t = topic_of(peer, topic);
    if (t != nullptr && t->in_mesh) t->mesh = std::min(t->mesh + 1, of(topic).mesh_deliveries_cap);
  }
  void leave_mesh(ModelTopic& t, unsigned topic) const {
    const double deficit = of(topic).mesh_deliveries_threshold - t.mesh;
    if (t.in_mesh && t.active && deficit > 0) t.failures += deficit * deficit;
    t.in_mesh = false;
  }
  void remember(unsigned peer, TimePoint now) {
    for (auto& [topic, t] : peers[peer].topics) leave_mesh(t, topic), t.first = 0;
    peers[peer].connected = false;
    peers[peer].expires = now + params.retain_score;
    std::vector<std::pair<TimePoint, PeerId>> remembered;
    for (const auto& [other, p] : peers) {
      if (!p.connected) remembered.emplace_back(p.expires, peer_id(other));
    }
    if (remembered.size() <= kMaxRetained) return;
    const PeerId first = std::ranges::min_element(remembered)->second;
    std::erase_if(peers, [&](const auto& p) { return peer_id(p.first) == first; });
  }

  void decay(ModelTopic& t, unsigned topic, TimePoint now) const {
    const TopicScoreParams& p = of(topic);
    for (const auto& [counter, factor] : {std::pair(&t.first, p.first_deliveries_decay),
                                          {&t.mesh, p.mesh_deliveries_decay},
                                          {&t.failures, p.mesh_failures_decay},
                                          {&t.invalid, p.invalid_messages_decay}}) {
      *counter = *counter * factor < params.decay_to_zero ? 0 : *counter * factor;
    }
    if (t.in_mesh) t.in_mesh_for = now - t.grafted;
    if (t.in_mesh && t.in_mesh_for > p.mesh_deliveries_activation) t.active = true;
  }
  void refresh(TimePoint now) {
    std::erase_if(peers, [&](const auto& p) { return !p.second.connected && p.second.expires < now; });
    for (auto& [number, peer] : peers) {
      if (!peer.connected) continue;
      for (auto& [topic, t] : peer.topics) decay(t, topic, now);
      peer.rules = peer.rules * params.behaviour_decay < params.decay_to_zero ? 0 : peer.rules * params.behaviour_decay;
    }
    expire_messages(now);
  }

  double topic_score(const ModelTopic& t, unsigned topic) const {
    const TopicScoreParams& p = of(topic);
    const double quanta = t.in_mesh ? static_cast<double>(t.in_mesh_for / p.time_in_mesh_quantum) : 0;
    const double deficit = t.active ? std::max(0.0, p.mesh_deliveries_threshold - t.mesh) : 0;
    double score = std::min(quanta, p.time_in_mesh_cap) * p.time_in_mesh_weight;
    score += t.first * p.first_deliveries_weight;
    score += deficit * deficit * p.mesh_deliveries_weight;
    score += t.failures * p.mesh_failures_weight;
    score += t.invalid * t.invalid * p.invalid_messages_weight;
    return score * p.weight;
  }
  double score(unsigned number) const {
    const auto found = peers.find(number);
    if (found == peers.end()) return 0;
    const ModelPeer& peer = found->second;
    double score = 0;
    for (const auto& [topic, t] : peer.topics) score += topic_score(t, topic);
    if (score > params.topic_score_cap) score = params.topic_score_cap;
    score += app_score(number) * params.app_weight;
    const auto neighbours = std::ranges::count_if(peers, [&](const auto& p) { return p.second.ip == peer.ip; });
    if (peer.ip < kCountedIps) score += std::pow(static_cast<double>(neighbours) - 1, 2) * params.ip_colocation_weight;
    if (peer.rules > params.behaviour_threshold) {
      score += std::pow(peer.rules - params.behaviour_threshold, 2) * params.behaviour_weight;
    }
    return score;
  }

  ScoreParams params;
  std::map<unsigned, ModelPeer> peers;
  std::deque<ModelMessage> messages;  // in the order in which they began
};

class Session {
 public:
  explicit Session(ByteView bytes) : in_(bytes) {}

  void run() {
    for (; in_.size() >= 3; in_ = in_.subspan(3)) {
      step(in_[0] % 13, in_[1] % kPeers, in_[2]);
      check();
    }
  }

 private:
  void step(unsigned kind, unsigned peer, unsigned value) {
    const unsigned message = value % kMessages;
    if (kind == 0) return connect(peer, value % std::size(kIps));
    if (kind == 1) return disconnect(peer);
    if (kind == 2) return graft(peer, value % kTopics);
    if (kind == 3) return prune(peer, value % kTopics);
    if (kind == 4) return pending(message, peer);
    if (kind == 5) return duplicate(message, peer);
    if (kind == 6) return accept(message);
    if (kind == 7) return reject(message);
    if (kind == 8) return ignore(message);
    if (kind == 9) return malformed(peer, value % kTopics);
    if (kind == 10) return penalise(peer, value % 4);
    now_ += value * (kind == 11 ? 1ms : 20ms);
    if (kind == 11) return;
    scores_.refresh(now_);
    model_.refresh(now_);
  }

  void connect(unsigned peer, unsigned ip) {
    scores_.on_connected(peer_id(peer), test::from_ip(kIps[ip]));
    model_.peers[peer].connected = true;
    model_.peers[peer].ip = ip;
  }
  void disconnect(unsigned peer) {
    // Near zero the two may round differently: the model follows.
    const bool good = scores_.score(peer_id(peer)) > 0;
    scores_.on_disconnected(peer_id(peer), now_);
    if (!model_.peers.contains(peer) || !model_.peers[peer].connected) return;
    good ? void(model_.peers.erase(peer)) : model_.remember(peer, now_);
  }
  void graft(unsigned peer, unsigned topic) {
    scores_.on_graft(peer_id(peer), topic_name(topic), now_);
    ModelTopic* const t = model_.topic_of(peer, topic);
    if (t != nullptr) t->in_mesh = true, t->active = false, t->grafted = now_, t->in_mesh_for = 0s;
  }
  void prune(unsigned peer, unsigned topic) {
    scores_.on_prune(peer_id(peer), topic_name(topic));
    if (ModelTopic* const t = model_.topic_of(peer, topic)) model_.leave_mesh(*t, topic);
  }
  void pending(unsigned message, unsigned peer) {
    scores_.on_pending(message_id(message), topic_name(message % kTopics), peer_id(peer), now_);
    if (message % kTopics + 1 == kTopics) return;
    model_.expire_messages(now_);
    if (model_.find(message) == nullptr) model_.messages.push_back({message, now_ + model_.params.delivery_record_ttl});
    ModelMessage& m = *model_.find(message);
    m.status = Status::kPending;
    m.bringers.clear();
    model_.bring(m, peer);
  }
  void duplicate(unsigned message, unsigned peer) {
    const unsigned topic = message % kTopics;
    scores_.on_duplicate(message_id(message), topic_name(topic), peer_id(peer), now_);
    ModelMessage* const m = model_.find(message);
    if (m == nullptr) return;
    if (m->status == Status::kRejected) blame(peer, topic);
    const bool known = std::ranges::find(m->bringers, peer) != m->bringers.end();
    const bool late = m->status == Status::kAccepted && now_ > m->accepted + 50ms;
    if (known || late || (m->status != Status::kPending && m->status != Status::kAccepted)) return;
    if (m->status == Status::kAccepted) model_.near_delivery(peer, topic);
    model_.bring(*m, peer);
  }
  void accept(unsigned message) {
    const unsigned topic = message % kTopics;
    scores_.on_accepted(message_id(message), topic_name(topic), now_);
    ModelMessage* const m = pending_message(message);
    if (m == nullptr) return;
    m->status = Status::kAccepted;
    m->accepted = now_;
    ModelTopic* const first = model_.topic_of(m->bringers.front(), topic);
    if (first != nullptr) first->first = std::min(first->first + 1, model_.of(topic).first_deliveries_cap);
    for (const unsigned peer : m->bringers) model_.near_delivery(peer, topic);
  }
  void reject(unsigned message) {
    scores_.on_rejected(message_id(message), topic_name(message % kTopics));
    ModelMessage* const m = pending_message(message);
    if (m == nullptr) return;
    for (const unsigned peer : m->bringers) blame(peer, message % kTopics);
    m->status = Status::kRejected;
    m->bringers.clear();
  }
  void ignore(unsigned message) {
    scores_.on_ignored(message_id(message));
    ModelMessage* const m = pending_message(message);
    if (m == nullptr) return;
    m->status = Status::kIgnored;
    m->bringers.clear();
  }
  void malformed(unsigned peer, unsigned topic) {
    scores_.on_malformed(topic_name(topic), peer_id(peer));
    blame(peer, topic);
  }
  void penalise(unsigned peer, unsigned count) {
    scores_.add_penalty(peer_id(peer), count);
    if (model_.peers.contains(peer)) model_.peers[peer].rules += count;
  }

  ModelMessage* pending_message(unsigned message) {
    ModelMessage* const m = model_.find(message);
    return m != nullptr && m->status == Status::kPending ? m : nullptr;
  }
  void blame(unsigned peer, unsigned topic) {
    if (ModelTopic* const t = model_.topic_of(peer, topic)) t->invalid += 1;
  }

  void check() const {
    std::size_t remembered = 0;
    for (unsigned peer = 0; peer < kPeers; ++peer) {
      const double score = scores_.score(peer_id(peer));
      const double expected = model_.score(peer);
      OPW_CHECK(std::isfinite(score));
      OPW_CHECK(std::abs(score - expected) <= 1e-9 * std::max(1.0, std::abs(expected)));
    }
    for (const ScoreSnapshot& snapshot : scores_.snapshots()) {
      OPW_CHECK(snapshot.score == scores_.score(snapshot.peer));
      remembered += snapshot.connected ? 0 : 1;
    }
    OPW_CHECK(scores_.snapshots().size() == model_.peers.size());
    OPW_CHECK(remembered <= kMaxRetained);
  }

  static double app(const PeerId& peer) {
    unsigned number = 0;
    while (peer_id(number) != peer) ++number;
    return app_score(number);
  }

  ByteView in_;
  TimePoint now_{std::chrono::hours(1)};
  PeerScores scores_{small_params(), &Session::app, KeyedHash(1, 2)};
  Model model_{small_params()};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session({data, size}).run();
  return 0;
}
