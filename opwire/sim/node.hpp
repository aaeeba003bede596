// An honest node: a host with gossipsub that keeps its connections, crashes and comes back.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "opwire/p2p/gossipsub/service.hpp"
#include "opwire/sim/station.hpp"

namespace opwire::sim {

struct NodeOptions {
  explicit NodeOptions(std::uint32_t number) : station(number) {}
  StationOptions station;
  gossipsub::Params gossip;
};

/// From when to when a node ran.
struct Uptime {
  TimePoint from;
  TimePoint to = TimePoint::max();  ///< max: it still does
};

/// Must be stopped, or have crashed, before it is destroyed.
class Node {
 public:
  /// decoder outlives the node. on_start is called whenever the node has been started, to subscribe.
  Node(World& world, const NodeOptions& options, gossipsub::MessageDecoder& decoder,
       std::function<void(gossipsub::Service&)> on_start);

  /// Whom it dials when it starts, and again whenever the connection is gone.
  void set_contacts(std::vector<Multiaddr> contacts) { contacts_ = std::move(contacts); }

  void start();
  /// It goes as a goodbye allows, or without one. Returns when nothing of it is left; start() may then bring it back,
  /// knowing nothing.
  Task<void> stop() { return end(std::nullopt); }
  Task<void> crash(Loss how) { return end(how); }

  bool running() const noexcept { return !lives_.empty() && lives_.back().to == TimePoint::max(); }
  /// While it runs.
  gossipsub::Service& gossip() noexcept { return *gossip_; }
  Station& station() noexcept { return station_; }
  const std::vector<Uptime>& lives() const noexcept { return lives_; }
  /// Whether it ran, without a break, for all of that time.
  bool ran(TimePoint from, TimePoint to) const;
  /// Of all its lives.
  std::uint64_t duplicates() const;

 private:
  Task<void> end(std::optional<Loss> how);
  Task<void> keep_contacts();
  Task<void> dial(Multiaddr contact);

  Station station_;
  const NodeOptions options_;
  gossipsub::MessageDecoder& decoder_;
  const std::function<void(gossipsub::Service&)> on_start_;
  std::vector<Multiaddr> contacts_;
  std::set<PeerId> dialling_;
  std::vector<Uptime> lives_;
  std::uint64_t former_duplicates_ = 0;
  std::optional<gossipsub::Service> gossip_;
  std::optional<Scope> tasks_;
};

}  // namespace opwire::sim
