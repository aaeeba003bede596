#include "opwire/node/api/peers_json.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "opwire/codec/hex.hpp"
#include "opwire/node/api/block_list_methods.hpp"
#include "opwire/node/api/go_json.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

// go-libp2p's numbers.
constexpr std::uint64_t kNotConnected = 0;
constexpr std::uint64_t kConnected = 1;
constexpr std::uint64_t kUnknownDirection = 0;
constexpr std::uint64_t kInbound = 1;
constexpr std::uint64_t kOutbound = 2;

// What is found once for all peers of an answer.
struct Overview {
  std::set<PeerId> on_topics;
  std::map<PeerId, gossipsub::ScoreSnapshot> scores;
};

Overview look_around(const ApiParts& parts) {
  Overview view;
  if (parts.router == nullptr) return view;
  const opstack::BlockTopics topics(parts.config.rollup.l2_chain_id);
  for (const std::string& topic : topics.names()) {
    for (const PeerId& peer : parts.router->topic_peers(topic)) view.on_topics.insert(peer);
  }
  for (gossipsub::ScoreSnapshot& one : parts.router->scores()) {
    const PeerId peer = one.peer;
    view.scores.insert_or_assign(peer, std::move(one));
  }
  return view;
}

const discv5::Protocol* discovery_of(const ApiParts& parts) {
  return parts.discovery ? parts.discovery() : nullptr;
}

// Zero where the key is not known; nothing where it is of another kind.
std::optional<discv5::NodeId> node_id_of(const ApiParts& parts, const PeerId& peer) {
  const auto inside = peer.public_key();
  const auto key = inside ? std::optional(inside.value()) : parts.network.peerstore().key(peer);
  return key ? opstack::node_id_of(*key) : discv5::NodeId();
}

std::vector<std::string> addresses_of(const ApiParts& parts, const PeerId& peer) {
  const bool is_self = peer == parts.network.local_peer();
  std::vector<std::string> all;
  const std::string suffix = "/p2p/" + peer.to_string();
  const auto known = is_self ? parts.network.listen_addresses() : parts.network.peerstore().addresses(peer);
  for (const Multiaddr& address : known) all.push_back(address.to_string() + suffix);
  if (all.empty()) all.push_back(suffix);
  return all;
}

std::uint64_t direction_of(const ApiParts& parts, const PeerId& peer) {
  const auto connections = parts.network.connections_to(peer);
  if (connections.empty()) return kUnknownDirection;
  return connections.front().role == Role::kDialer ? kOutbound : kInbound;
}

void write_gossip_scores(GoJson& out, const gossipsub::ScoreSnapshot& score) {
  const gossipsub::ScoreSnapshot::Topic all = gossipsub::over_all_topics(score);
  out.open('{').key("total").number(score.score);
  out.key("blocks").open('{').key("timeInMesh").number(std::chrono::duration<double>(all.time_in_mesh).count());
  out.key("firstMessageDeliveries").number(all.first_deliveries);
  out.key("meshMessageDeliveries").number(all.mesh_deliveries);
  out.key("invalidMessageDeliveries").number(all.invalid_messages).close('}');
  out.key("IPColocationFactor").number(score.ip_colocation);
  out.key("behavioralPenalty").number(score.behaviour).close('}');
}

void write_scores(GoJson& out, const ApiParts& parts, const Overview& view, const PeerId& peer) {
  const auto found = view.scores.find(peer);
  const gossipsub::ScoreSnapshot none{.peer = peer};
  opstack::reputation::ReqRespScores answers;
  if (parts.reputation != nullptr) answers = parts.reputation->scores_of(peer).req_resp;
  out.open('{');
  write_gossip_scores(out.key("gossip"), found == view.scores.end() ? none : found->second);
  out.key("reqResp").open('{').key("validResponses").number(answers.valid_responses);
  out.key("errorResponses").number(answers.error_responses);
  out.key("rejectedPayloads").number(answers.rejected_payloads).close('}').close('}');
}

void write_standing(GoJson& out, const ApiParts& parts, const PeerId& peer) {
  const bool connected = parts.network.is_connected(peer);
  out.key("connectedness").number(connected ? kConnected : kNotConnected);
  out.key("direction").number(direction_of(parts, peer));
  out.key("protected").flag(parts.network.tags().is_protected(peer));
}

// What its node record says: the discovery table's, or one from before, perhaps of the former run.
struct NodeInfo {
  std::string enr;
  std::uint64_t chain = 0;
};
NodeInfo node_info_of(const ApiParts& parts, const PeerId& peer, const discv5::NodeId& node_id) {
  const discv5::Protocol* const discovery = discovery_of(parts);
  if (peer == parts.network.local_peer()) {
    return {discovery != nullptr ? discovery->local_record().to_text() : std::string(), 0};
  }
  if (const auto record = discovery != nullptr ? discovery->table().find(node_id) : nullptr) {
    const auto entry = opstack::chain_entry(*record);
    return {record->to_text(), entry ? entry->chain.value : 0};
  }
  if (parts.reputation == nullptr) return {};
  const auto known = parts.reputation->books().metadata().find(peer, parts.network.loop().wall_now());
  return known ? NodeInfo{known->enr, known->chain.value} : NodeInfo{};
}

// False, and nothing written, for a peer that has no node id.
bool write_peer(GoJson& out, const ApiParts& parts, const Overview& view, const PeerId& peer) {
  const auto node_id = node_id_of(parts, peer);
  if (!node_id) return false;
  const bool is_self = peer == parts.network.local_peer();
  const NodeInfo node = node_info_of(parts, peer, *node_id);
  PeerStore& store = parts.network.peerstore();

  out.open('{').key("peerID").text(peer.to_string()).key("nodeID").text(codec::to_hex(node_id->view()));
  out.key("userAgent").text(is_self ? parts.config.agent : store.agent(peer)).key("protocolVersion").text("");
  out.key("ENR").text(node.enr);
  out.key("addresses").texts(addresses_of(parts, peer));
  out.key("protocols").texts(is_self ? parts.network.protocols() : store.protocols(peer));
  write_standing(out, parts, peer);
  out.key("chainID").number(node.chain);
  const auto latency = !is_self && parts.latency ? parts.latency(peer) : std::nullopt;
  out.key("latency").number(latency ? static_cast<std::uint64_t>(latency->count()) : 0);
  out.key("gossipBlocks").flag(view.on_topics.contains(peer));
  write_scores(out.key("scores"), parts, view, peer);
  out.close('}');
  return true;
}

// What the operator blocks: op-node calls it banned, and does not list timed bans.
void write_blocked(GoJson& out, const ApiParts& parts) {
  static const opstack::reputation::BlockList kNone;
  const auto& blocks = parts.reputation != nullptr ? parts.reputation->books().blocks() : kNone;
  out.key("bannedPeers").open('[');
  for (const PeerId& peer : blocks.peers()) out.text(peer.to_string());
  out.close(']').key("bannedIPS").open('[');
  for (const auto& ip : blocks.addresses()) out.text(ip.to_string());
  out.close(']').key("bannedSubnets").open('[');
  for (const auto& subnet : blocks.subnets()) out.raw(subnet_json(subnet));
  out.close(']');
}

}  // namespace

rpc::MethodAnswer self_json(const ApiParts& parts) {
  Overview view;
  view.on_topics.insert(parts.network.local_peer());
  GoJson out;
  if (!write_peer(out, parts, view, parts.network.local_peer())) {
    return rpc::failed("this node's key is not of type secp256k1");
  }
  return out.take();
}

std::string peers_json(const ApiParts& parts, bool only_connected) {
  std::vector<PeerId> peers = parts.network.connected_peers();
  const std::size_t connected = peers.size();
  if (!only_connected) {
    for (const PeerId& peer : parts.network.peerstore().peers()) peers.push_back(peer);
    peers.push_back(parts.network.local_peer());
  }
  const Overview view = look_around(parts);
  std::map<std::string, std::string> by_name;  // as Go sorts a map
  for (const PeerId& peer : peers) {
    GoJson one;
    if (write_peer(one, parts, view, peer)) by_name.insert_or_assign(peer.to_string(), one.take());
  }
  GoJson out;
  out.open('{').key("totalConnected").number(std::uint64_t{connected}).key("peers").open('{');
  for (const auto& [name, peer] : by_name) out.key(name).raw(peer);
  out.close('}');
  write_blocked(out, parts);
  return out.close('}').take();
}

std::string peer_stats_json(const ApiParts& parts) {
  const opstack::BlockTopics topics(parts.config.rollup.l2_chain_id);
  std::set<PeerId> known{parts.network.local_peer()};
  for (const PeerId& peer : parts.network.peerstore().peers()) known.insert(peer);
  const discv5::Protocol* const discovery = discovery_of(parts);
  GoJson out;
  out.open('{').key("connected").number(std::uint64_t{parts.network.connected_peers().size()});
  out.key("table").number(std::uint64_t{discovery != nullptr ? discovery->table().size() : 0});
  static constexpr std::string_view kNames[] = {"blocksTopic", "blocksTopicV2", "blocksTopicV3", "blocksTopicV4"};
  for (std::size_t i = 0; i < topics.names().size(); ++i) {
    const std::size_t count = parts.router != nullptr ? parts.router->topic_peers(topics.names()[i]).size() : 0;
    out.key(kNames[i]).number(std::uint64_t{count});
  }
  const std::size_t blocked = parts.reputation != nullptr ? parts.reputation->books().blocks().peers().size() : 0;
  out.key("banned").number(std::uint64_t{blocked}).key("known").number(std::uint64_t{known.size()});
  return out.close('}').take();
}

rpc::MethodAnswer discovery_table_json(const ApiParts& parts) {
  const discv5::Protocol* const discovery = discovery_of(parts);
  if (discovery == nullptr) return rpc::failed("discovery disabled");
  GoJson out;
  out.open('[');
  for (const discv5::Contact& node : discovery->table().all()) {
    if (node.record) out.text(node.record->to_text());
  }
  return out.close(']').take();
}

}  // namespace opwire::node
