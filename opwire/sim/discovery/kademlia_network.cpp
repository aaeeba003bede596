#include "opwire/sim/discovery/kademlia_network.hpp"

#include <algorithm>

namespace opwire::sim {
namespace {

// What is derived from the seed.
enum Stream : std::uint64_t { kDatagrams, kEvents, kKeys, kNodes };
// Of a bucket: as many as it holds, and some that wait.
constexpr std::size_t kOffered = 20;

}  // namespace

KademliaNetwork::KademliaNetwork(const KademliaOptions& options)
    : options_(options),
      datagrams_(loop_, derive_seed(options.seed, kDatagrams), options.datagrams),
      rng_(derive_seed(options.seed, kEvents)) {
  std::vector<discv5::RecordPtr> records;
  for (std::uint32_t number = 0; number < options_.nodes; ++number) {
    discv5::ProtocolOptions of = options_of(number);
    of.find_nodes = false;
    if (options_.change) options_.change(number, of);
    nodes_.push_back(newcomer(number, std::move(of)));
    records.push_back(nodes_.back()->record());
  }
  directory_ = Directory(records);
  records.insert(records.end(), options_.others.begin(), options_.others.end());
  const Directory first(options_.first_comers), everybody(std::move(records));
  for (const auto& node : nodes_) {
    // Not all of them check their tables at the same moment.
    const auto interval = static_cast<std::uint64_t>(options_.check_live.count());
    const TimePoint since = loop_.now() - Duration(static_cast<Duration::rep>(rng_.below(interval)));
    fill(*node, first, since);
    fill(*node, everybody, since);
  }
}

discv5::ProtocolOptions KademliaNetwork::options_of(std::uint32_t number) const {
  discv5::ProtocolOptions made(key_of(derive_seed(options_.seed, kKeys), number));
  const net::Endpoint at = place_of(number);
  std::copy_n(at.address.begin(), 4, made.announced.ip4.emplace().begin());
  made.announced.udp = at.port;
  made.table.check_live = options_.check_live;
  return made;
}

std::unique_ptr<CoreNode> KademliaNetwork::newcomer(std::uint32_t number, discv5::ProtocolOptions options) {
  return std::make_unique<CoreNode>(datagrams_, place_of(number), std::move(options),
                                    derive_seed(options_.seed, kNodes + number));
}

void KademliaNetwork::fill(CoreNode& node, const Directory& from, TimePoint since) {
  if (from.size() == 0) return;
  for (unsigned distance = 256; distance > 200; --distance) {
    const auto some = from.some_at(node.id(), distance, kOffered, rng_);
    if (!some.empty()) node.vouch(some, since);
  }
}

void KademliaNetwork::silence(double share) {
  for (const auto& node : nodes_) {
    if (rng_.unit() < share) datagrams_.silence(node->at());
  }
}

bool KademliaNetwork::alive(const discv5::NodeRecord& record) const {
  return !datagrams_.is_silent(*discv5::udp_endpoint(record, {}));
}

CoreNode& KademliaNetwork::any_alive() {
  while (true) {
    CoreNode& node = *nodes_[rng_.below(nodes_.size())];
    if (!datagrams_.is_silent(node.at())) return node;
  }
}

std::vector<discv5::RecordPtr> KademliaNetwork::nearest_alive(const discv5::NodeId& target, std::size_t n,
                                                              const discv5::NodeId& but) const {
  return directory_.nearest(target, n,
                            [&](const discv5::NodeRecord& record) { return record.id() != but && alive(record); });
}

discv5::NodeId KademliaNetwork::random_id() {
  discv5::NodeId id;
  rng_.fill(id.bytes);
  return id;
}

}  // namespace opwire::sim
