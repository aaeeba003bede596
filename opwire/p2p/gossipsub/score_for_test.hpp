// What the tests of scores share: scores with a clock, and peers and messages by number.
#pragma once

#include <string>

#include "opwire/base/check.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"
#include "opwire/p2p/gossipsub/score.hpp"

namespace opwire::gossipsub::test {

inline Multiaddr from_ip(std::string_view ip) {
  const std::string kind = ip.find(':') == std::string_view::npos ? "/ip4/" : "/ip6/";
  return Multiaddr::parse_text(kind + std::string(ip) + "/tcp/9222").value();
}

inline MessageId message_id(unsigned number) {
  return message_ids(1, number).front();
}

inline ScoreParams scoring_of(const TopicScoreParams& topic) {
  ScoreParams params;
  params.topics[kTopic] = topic;
  return params;
}

class TestScores {
 public:
  explicit TestScores(ScoreParams params, AppScore app = nullptr)
      : scores((OPW_CHECK(params.validate().has_value()), std::move(params)), std::move(app), KeyedHash(1, 2)) {}

  /// Connected from an address of its own, unless said otherwise.
  PeerId connect(unsigned number) { return connect(number, "10.0.0." + std::to_string(number)); }
  PeerId connect(unsigned number, std::string_view ip) {
    scores.on_connected(peer_id(number), from_ip(ip));
    return peer_id(number);
  }
  PeerId connect_grafted(unsigned number) {
    const PeerId peer = connect(number);
    scores.on_graft(peer, kTopic, now);
    return peer;
  }
  void disconnect(const PeerId& peer) { scores.on_disconnected(peer, now); }

  void pending(unsigned message, const PeerId& from) { scores.on_pending(message_id(message), kTopic, from, now); }
  void duplicate(unsigned message, const PeerId& from) { scores.on_duplicate(message_id(message), kTopic, from, now); }
  void accept(unsigned message) { scores.on_accepted(message_id(message), kTopic, now); }
  void reject(unsigned message) { scores.on_rejected(message_id(message), kTopic); }
  void ignore(unsigned message) { scores.on_ignored(message_id(message)); }

  /// Messages [first, first + count), each accepted at once.
  void deliver(const PeerId& from, unsigned count, unsigned first = 0) {
    for (unsigned i = first; i < first + count; ++i) pending(i, from), accept(i);
  }
  void send_invalid(const PeerId& from, unsigned count, unsigned first = 1000) {
    for (unsigned i = first; i < first + count; ++i) pending(i, from), reject(i);
  }
  void refresh(unsigned times = 1) {
    for (; times > 0; --times) {
      now += scores.params().decay_interval;
      scores.refresh(now);
    }
  }

  double score(const PeerId& peer) const { return scores.score(peer); }
  ScoreSnapshot snapshot(const PeerId& peer) const {
    for (const ScoreSnapshot& snapshot : scores.snapshots()) {
      if (snapshot.peer == peer) return snapshot;
    }
    OPW_CHECK(false);
  }
  /// Its first deliveries, mesh deliveries and invalid messages in kTopic.
  ScoreSnapshot::Topic counters(const PeerId& peer) const {
    const ScoreSnapshot found = snapshot(peer);
    return found.topics.empty() ? ScoreSnapshot::Topic{} : found.topics.front();
  }

  PeerScores scores;
  TimePoint now{std::chrono::hours(1)};
};

}  // namespace opwire::gossipsub::test
