#include "opwire/p2p/gossipsub/topic_tags.hpp"

namespace opwire::gossipsub {

namespace {
constexpr std::string_view kDirectTag = "pubsub:<direct>";
constexpr auto kDeliveriesInterval = std::chrono::minutes(10);
constexpr int kDeliveriesCap = 15;
}  // namespace

void TopicTags::on_direct(const PeerId& peer, bool is_direct) {
  if (is_direct) {
    tags_.protect(peer, kDirectTag);
  } else {
    tags_.unprotect(peer, kDirectTag);
  }
}

void TopicTags::on_joined(const std::string& name) {
  const auto [topic, added] = topics_.try_emplace(name);
  if (!added) return;
  topic->second.mesh_tag = "pubsub:" + name;
  topic->second.deliveries_tag = "pubsub-deliveries:" + name;
  tags_.define_decaying({topic->second.deliveries_tag, kDeliveriesInterval, Decay::by_amount(1), kDeliveriesCap});
}

void TopicTags::on_left(const std::string& name) {
  const auto topic = topics_.find(name);
  if (topic == topics_.end()) return;
  for (const PeerId& peer : topic->second.mesh) tags_.unprotect(peer, topic->second.mesh_tag);
  tags_.remove_decaying(topic->second.deliveries_tag);
  topics_.erase(topic);
}

void TopicTags::on_mesh(const PeerId& peer, const std::string& name, bool in_mesh) {
  const auto topic = topics_.find(name);
  if (topic == topics_.end()) return;
  if (in_mesh) {
    tags_.protect(peer, topic->second.mesh_tag);
    topic->second.mesh.insert(peer);
  } else {
    tags_.unprotect(peer, topic->second.mesh_tag);
    topic->second.mesh.erase(peer);
  }
}

void TopicTags::on_delivery(const PeerId& peer, const std::string& name) {
  if (const auto topic = topics_.find(name); topic != topics_.end()) tags_.bump(peer, topic->second.deliveries_tag, 1);
}

}  // namespace opwire::gossipsub
