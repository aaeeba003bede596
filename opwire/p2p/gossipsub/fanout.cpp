#include "opwire/p2p/gossipsub/fanout.hpp"

namespace opwire::gossipsub {

const PeerSet& Fanout::peers(Topic& topic, TimePoint now) {
  topic.last_published = now;
  fill(topic);
  return topic.fanout;
}

void Fanout::maintain(TimePoint now) {
  for (auto& [name, topic] : state_.topics) {
    if (topic.fanout.empty()) continue;
    if (topic.last_published + state_.params.fanout_ttl <= now) {
      topic.fanout.clear();
    } else {
      fill(topic);
    }
  }
}

void Fanout::fill(Topic& topic) {
  for (auto member = topic.fanout.begin(); member != topic.fanout.end();) {
    member = state_.may_publish(*state_.find_peer(*member)) ? std::next(member) : topic.fanout.erase(member);
  }
  if (topic.fanout.size() >= state_.params.d) return;
  const auto chosen = state_.choose(topic, state_.params.d - topic.fanout.size(), [&](const Peer& peer) {
    return peer.can_mesh() && state_.may_publish(peer) && !topic.fanout.contains(peer.id);
  });
  for (const Peer* peer : chosen) topic.fanout.insert(peer->id);
}

}  // namespace opwire::gossipsub
