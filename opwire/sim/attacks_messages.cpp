#include "opwire/sim/attacks_plays.hpp"

#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Beside op-node's light scoring: who brings messages is praised up to a cap, who brings none is blamed, and so is who
/// brings invalid ones.
gossipsub::Scoring topic_scoring() {
  gossipsub::TopicScoreParams topic;
  topic.weight = 1;
  topic.first_deliveries_weight = 1;
  topic.first_deliveries_decay = 0.9;
  topic.first_deliveries_cap = 5;
  topic.mesh_deliveries_weight = -4;
  topic.mesh_deliveries_decay = 0.9;
  topic.mesh_deliveries_cap = 5;
  topic.mesh_deliveries_threshold = 1.5;
  topic.mesh_deliveries_window = seconds(2);
  topic.mesh_deliveries_activation = seconds(20);  // the network runs for some seconds before its first message
  topic.mesh_failures_weight = -4;
  topic.mesh_failures_decay = 0.99;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.99;
  gossipsub::Scoring scoring = opstack::light_scoring(seconds(1));
  scoring.params.topics.emplace(kTopic, topic);
  return scoring;
}

/// Invalid messages count, and nobody has to deliver.
gossipsub::Scoring invalid_scoring() {
  gossipsub::Scoring scoring = topic_scoring();
  gossipsub::TopicScoreParams& topic = scoring.params.topics.begin()->second;
  topic.mesh_deliveries_weight = 0;
  topic.mesh_failures_weight = 0;
  return scoring;
}

AttackReport spam_invalid(const ArenaOptions& options) {
  Arena arena(options);
  arena.start();
  arena.send(RawRpc().graft(kTopic));
  arena.attack(seconds(5), milliseconds(100), [&] {
    arena.send(RawRpc().message(kTopic, arena.network().make_message(0, gossipsub::Verdict::kReject)));
  });
  return arena.report();
}

/// Nodes that take 50 ms for a message and look at four at a time: 80 a second. Six attackers bring 180, half of them
/// invalid, the others worth nothing. Light scoring blames nobody for either.
AttackReport flood_with_junk(ArenaOptions options) {
  options.attackers = 6;
  options.network.gossip.max_pending_per_topic = 4;
  options.network.validation = milliseconds(50);
  Arena arena(options);
  arena.start();
  bool invalid = false;
  arena.attack(seconds(20), milliseconds(33), [&] {
    invalid = !invalid;
    const auto verdict = invalid ? gossipsub::Verdict::kReject : gossipsub::Verdict::kIgnore;
    arena.send_each([&] { return RawRpc().message(kTopic, arena.network().make_message(0, verdict)); });
  });
  return arena.report();
}

}  // namespace

AttackReport play_invalid_spam(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.scoring = invalid_scoring();
  return spam_invalid(options);
}

AttackReport play_invalid_light(std::uint64_t seed) {
  return spam_invalid(ArenaOptions(seed));
}

AttackReport play_invalid_crowd(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.scoring = invalid_scoring();
  options.attackers = 12;
  options.one_address = true;
  return spam_invalid(options);
}

AttackReport play_junk_flood(std::uint64_t seed) {
  return flood_with_junk(ArenaOptions(seed));
}

AttackReport play_junk_gated(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.gater.emplace();
  return flood_with_junk(options);
}

// The swarm's limit of connections per address would not let so many in; here it is off.
AttackReport play_colocation(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.attackers = 14;
  options.one_address = true;
  options.network.swarm.inbound = swarm::InboundOptions::unlimited();
  Arena arena(options);
  arena.start();
  arena.attack(seconds(5), seconds(1), [&] { arena.send(RawRpc().graft(kTopic)); });
  return arena.report();
}

// Twelve addresses, polite, and silent: nothing that light scoring could blame. They fill what a mesh leaves to those
// who dialled, and pass nothing on.
AttackReport play_eclipse(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.attackers = 12;
  options.victims = options.network.nodes;
  Arena arena(options);
  arena.start();
  arena.send(RawRpc().graft(kTopic));
  arena.rest(seconds(8));
  return arena.report();
}

// In the mesh, and it reads nothing: 32 KiB a second pile up for it.
AttackReport play_deaf(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.deaf = true;
  options.network.nodes = 10;
  options.network.message_size = std::size_t{32} << 10;
  options.network.gossip.outbound.messages = 8;
  Arena arena(options);
  arena.start();
  arena.attack(seconds(42), seconds(5), [&] { arena.send(RawRpc().graft(kTopic)); });
  return arena.report();
}

// First it brings messages that nobody has yet; then, in the mesh, none at all.
AttackReport play_love_bomb(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.scoring = topic_scoring();
  options.network.nodes = 10;
  options.network.message_interval = milliseconds(250);
  options.network.message_size = 512;  // of larger ones IDONTWANT would spare the copies that P3 counts
  Arena arena(options);
  arena.start();
  arena.send(RawRpc().graft(kTopic));
  GossipNetwork& network = arena.network();
  arena.attack(seconds(2), milliseconds(100), [&] {
    const std::size_t number = network.log().on_published(std::nullopt, network.world().now());
    arena.send(RawRpc().message(kTopic, network.make_message(number)));
  });
  arena.rest(seconds(20));
  return arena.report();
}

}  // namespace opwire::sim
