#include "opwire/p2p/swarm/limits.hpp"

#include <algorithm>
#include <unordered_map>

#include "opwire/p2p/swarm/errors.hpp"

namespace opwire::swarm {
namespace {

using ByPeer = std::unordered_map<PeerId, Tally>;
struct OfProtocol {
  Tally all;
  ByPeer peers;
};

void remove(ByPeer& tallies, const PeerId& peer, Role role) {
  const auto found = tallies.find(peer);
  found->second.remove(role);
  if (found->second.total() == 0) tallies.erase(found);
}

Tally tally_of(const ByPeer& tallies, const PeerId& peer) {
  const auto found = tallies.find(peer);
  return found == tallies.end() ? Tally() : found->second;
}

std::size_t most(const ByPeer& tallies) {
  std::size_t total = 0;
  for (const auto& [peer, tally] : tallies) total = std::max(total, tally.total());
  return total;
}

}  // namespace

bool Tally::fits(Role role, const Cap& cap) const noexcept {
  const bool side = role == Role::kListener ? inbound < cap.inbound : outbound < cap.outbound;
  return side && total() < cap.total;
}

class Ledger {
 public:
  explicit Ledger(const LimitOptions& options) : options_(options) {}

  bool has_room(Role role) const { return connections_.fits(role, options_.connections); }

  Result<void> add_connection(Role role, const PeerId& peer, bool exempt) {
    if (!exempt && !has_room(role)) {
      return refuse("connections", Error(errors::kTooManyConnections, "in all"));
    }
    if (!tally_of(connected_, peer).fits(role, options_.connections_per_peer)) {
      return refuse("connections_of_peer", Error(errors::kTooManyConnections, "of this peer"));
    }
    connections_.add(role);
    connected_[peer].add(role);
    return {};
  }
  void remove_connection(Role role, const PeerId& peer) {
    connections_.remove(role);
    remove(connected_, peer, role);
  }

  ResourceUse use() const {
    ResourceUse use;
    use.connections = connections_;
    use.streams = streams_;
    for (const auto& [name, protocol] : protocols_) use.protocols.emplace(name, protocol.all);
    use.stream_bytes = streams_.total() * options_.bytes_per_stream;
    use.peer_connections = most(connected_);
    use.peer_streams = most(peers_);
    use.refused = refused_;
    return use;
  }
  const LimitOptions& options() const noexcept { return options_; }
  void set_options(const LimitOptions& options) { options_ = options; }

  Result<void> add_stream(Role role, const PeerId& peer) {
    OPW_TRYV(check(streams_, role, options_.streams, {"streams", "in all"}));
    OPW_TRYV(check(tally_of(peers_, peer), role, options_.streams_per_peer, {"streams_of_peer", "of this peer"}));
    streams_.add(role);
    peers_[peer].add(role);
    return {};
  }
  void remove_stream(Role role, const PeerId& peer) {
    streams_.remove(role);
    remove(peers_, peer, role);
  }

  Result<void> add_to_protocol(Role role, const PeerId& peer, const std::string& name) {
    if (const auto known = protocols_.find(name); known != protocols_.end()) {
      OPW_TRYV(
          check(known->second.all, role, options_.streams_per_protocol, {"streams_of_protocol", "of this protocol"}));
      OPW_TRYV(check(tally_of(known->second.peers, peer), role, options_.streams_per_protocol_and_peer,
                     {"streams_of_protocol_and_peer", "of this protocol and peer"}));
    }
    OfProtocol& protocol = protocols_[name];
    protocol.all.add(role);
    protocol.peers[peer].add(role);
    return {};
  }
  void remove_from_protocol(Role role, const PeerId& peer, const std::string& name) {
    const auto found = protocols_.find(name);
    found->second.all.remove(role);
    remove(found->second.peers, peer, role);
    if (found->second.all.total() == 0) protocols_.erase(found);
  }

  Error refuse(std::string_view limit, Error why) {
    ++refused_[limit];
    return why;
  }
  const std::map<std::string_view, std::uint64_t>& refused() const noexcept { return refused_; }

  /// Stays where it is: what is agreed on is among the few that we speak.
  Traffic& traffic_of(const std::string& protocol) { return traffic_[protocol]; }
  const std::map<std::string, Traffic>& traffic() const noexcept { return traffic_; }

 private:
  struct Limit {
    const char* name;   // for metrics
    const char* whose;  // for people
  };
  Result<void> check(const Tally& tally, Role role, const StreamCap& cap, const Limit& limit) {
    if (!tally.fits(role, cap.streams)) return refuse(limit.name, Error(errors::kTooManyStreams, limit.whose));
    if ((tally.total() + 1) * options_.bytes_per_stream > cap.bytes) {
      return refuse("memory", Error(errors::kTooMuchMemory, limit.whose));
    }
    return {};
  }

  LimitOptions options_;
  std::map<std::string_view, std::uint64_t> refused_;
  std::map<std::string, Traffic> traffic_;
  Tally connections_;
  ByPeer connected_;
  Tally streams_;
  ByPeer peers_;
  std::unordered_map<std::string, OfProtocol> protocols_;
};

ConnectionLease::ConnectionLease(std::shared_ptr<Ledger> ledger, Role role, const PeerId& peer)
    : ledger_(std::move(ledger)), role_(role), peer_(peer) {}

ConnectionLease::~ConnectionLease() {
  if (ledger_) ledger_->remove_connection(role_, peer_);
}

StreamLease::StreamLease(std::shared_ptr<Ledger> ledger, Role role, const PeerId& peer)
    : ledger_(std::move(ledger)), role_(role), peer_(peer), traffic_(&ledger_->traffic_of({})) {}

StreamLease::~StreamLease() {
  if (!ledger_) return;
  if (protocol_) ledger_->remove_from_protocol(role_, peer_, *protocol_);
  ledger_->remove_stream(role_, peer_);
}

Result<void> StreamLease::set_protocol(const std::string& protocol) {
  OPW_CHECK(!protocol_);
  OPW_TRYV(ledger_->add_to_protocol(role_, peer_, protocol));
  protocol_ = protocol;
  traffic_ = &ledger_->traffic_of(protocol);
  return {};
}

ResourceLimits::ResourceLimits(const LimitOptions& options) : ledger_(std::make_shared<Ledger>(options)) {}

bool ResourceLimits::has_room(Role role) const {
  return ledger_->has_room(role);
}

void ResourceLimits::note_refusal(std::string_view limit) {
  static_cast<void>(ledger_->refuse(limit, errors::kTooManyConnections));
}

const std::map<std::string, Traffic>& ResourceLimits::traffic() const noexcept {
  return ledger_->traffic();
}

const std::map<std::string_view, std::uint64_t>& ResourceLimits::refused() const noexcept {
  return ledger_->refused();
}

Result<ConnectionLease> ResourceLimits::open_connection(Role role, const PeerId& peer, bool exempt) {
  OPW_TRYV(ledger_->add_connection(role, peer, exempt));
  return ConnectionLease(ledger_, role, peer);
}

Result<StreamLease> ResourceLimits::open_stream(Role role, const PeerId& peer) {
  OPW_TRYV(ledger_->add_stream(role, peer));
  return StreamLease(ledger_, role, peer);
}

ResourceUse ResourceLimits::use() const {
  return ledger_->use();
}

const LimitOptions& ResourceLimits::options() const noexcept {
  return ledger_->options();
}

void ResourceLimits::set_options(const LimitOptions& options) {
  ledger_->set_options(options);
}

}  // namespace opwire::swarm
