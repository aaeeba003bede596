// The network of one host: its listeners, dials and connections, and what runs on them.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/swarm/acceptor.hpp"
#include "opwire/p2p/swarm/connection.hpp"
#include "opwire/p2p/swarm/connection_manager.hpp"
#include "opwire/p2p/swarm/dialer.hpp"

namespace opwire::swarm {

/// What a swarm is made of. At least one transport, security protocol and muxer, in order of preference. The pointers
/// may be null; what they point to outlives the swarm.
struct SwarmParts {
  SwarmParts() = default;
  std::vector<std::unique_ptr<Transport>> transports;
  std::vector<std::unique_ptr<Security>> securities;
  std::vector<std::unique_ptr<Muxer>> muxers;
  std::unique_ptr<PeerStore> peerstore;  ///< null: a MemoryPeerStore
  net::Resolver* resolver = nullptr;     ///< null: names in addresses are not resolved
  ConnectionGater* gater = nullptr;
  PeerEvents* events = nullptr;
};

/// Must be closed before it is destroyed. Everything is called on the loop.
class Swarm final : public Network {
 public:
  Swarm(Loop& loop, const PeerId& local_peer, const SwarmOptions& options, SwarmParts parts);
  ~Swarm() override;

  /// On all of them or on none. Errors: transport kUnsupported, net kListen and the like.
  Result<void> listen(const std::vector<Multiaddr>& addresses);
  /// Stops listening and dialling, says goodbye on all connections, ends them after SwarmOptions::close_grace at the
  /// latest, and returns when no task is left. Calls that wait end with kClosed. Idempotent.
  Task<void> close();

  const SwarmOptions& options() const noexcept { return options_; }
  ResourceUse resources() const { return limits_.use(); }
  /// From now on; what stands already stays. Waters that are lower than the number of connections close some, in time.
  void set_limits(const LimitOptions& limits);
  void set_waters(const ConnectionManagerOptions& waters);

  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return local_peer_; }
  Task<Result<PeerStream>> new_stream(PeerId peer, std::vector<std::string> protocols) override;
  Task<Result<PeerStream>> new_stream_if_connected(PeerId peer, std::vector<std::string> protocols) override;
  Task<Result<PeerStream>> new_stream_on(ConnectionId connection, std::vector<std::string> protocols) override;
  void set_stream_handler(std::string protocol, StreamHandler handler) override;
  void remove_stream_handler(const std::string& protocol) override;
  std::vector<std::string> protocols() const override { return handlers_.protocols(); }
  Task<Result<void>> connect(PeerId peer, std::vector<Multiaddr> addresses) override;
  void disconnect(const PeerId& peer) override;
  bool is_connected(const PeerId& peer) const override { return standing_connection(peer) != nullptr; }
  std::vector<PeerId> connected_peers() const override;
  std::vector<ConnectionInfo> connections() const override;
  std::vector<ConnectionInfo> connections_to(const PeerId& peer) const override;
  std::optional<ConnectionInfo> connection(ConnectionId id) const override;
  std::size_t trim_connections() override { return manager_.trim_in_emergency(); }
  std::vector<Multiaddr> listen_addresses() const override;
  PeerStore& peerstore() override { return *peerstore_; }
  PeerTags& tags() override { return manager_; }
  void add_observer(NetworkObserver& observer) override { observers_.push_back(&observer); }
  void remove_observer(NetworkObserver& observer) override { std::erase(observers_, &observer); }
  void set_peer_protocols(const PeerId& peer, std::vector<std::string> protocols) override;
  NetworkCounts counts() const override;

 private:
  using ConnectionPtr = std::shared_ptr<Connection>;
  class Call;

  Result<std::unique_ptr<Listener>> bind(const Multiaddr& address);
  Result<void> add_connection(Upgraded upgraded, InboundGuard::Place place);
  Task<void> run_connection(ConnectionPtr connection, InboundGuard::Place place);
  void on_ended(const ConnectionPtr& connection, const Error& why);
  void announce(const ConnectionInfo& info, bool is_first);
  void on_stream_refused(const PeerId& peer, const Error& why);
  bool is_static(const PeerId& peer) const { return manager_.is_protected_by(peer, kStaticTag); }
  /// Whether one of them is known to have that IP.
  bool may_be_static(const Multiaddr& remote) const;
  /// The oldest that is not being closed; null when there is none.
  ConnectionPtr standing_connection(const PeerId& peer) const;
  /// Those that are not being closed.
  std::vector<Standing> standing() const;
  Task<Result<PeerStream>> open_stream(ConnectionPtr connection, std::vector<std::string> protocols);
  Task<void> close_connections();
  void tell_local_change();

  Loop& loop_;
  const PeerId local_peer_;
  SwarmOptions options_;
  const std::vector<std::unique_ptr<Transport>> transports_;
  const std::unique_ptr<PeerStore> peerstore_;
  ConnectionGater* const gater_;
  PeerEvents* const events_;

  HandlerTable handlers_;
  const std::function<void(const PeerId&, const Error&)> stream_refused_;
  ResourceLimits limits_;
  ConnectionManager manager_;
  Upgrader upgrader_;
  Dialer dialer_;
  Acceptor acceptor_;
  std::vector<NetworkObserver*> observers_;

  std::map<ConnectionId, ConnectionPtr> connections_;
  std::unordered_map<PeerId, std::vector<ConnectionPtr>> peers_;  // oldest first
  std::uint64_t next_id_ = 1;
  Scope running_;  // one task for each connection

  bool closed_ = false;
  std::size_t calls_ = 0;  // of ours, in which others wait
  Event idle_;
  log::Limit log_limit_;
};

}  // namespace opwire::swarm
