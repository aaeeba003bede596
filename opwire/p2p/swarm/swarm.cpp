#include "opwire/p2p/swarm/swarm.hpp"

#include <algorithm>

#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/memory_peer_store.hpp"
#include "opwire/p2p/transport/errors.hpp"
#include "opwire/p2p/transport/listen_addresses.hpp"

namespace opwire::swarm {
namespace {

constexpr log::Logger kLog{"swarm"};

std::unique_ptr<PeerStore> or_memory(std::unique_ptr<PeerStore> given, const Loop& loop) {
  if (given) return given;
  return std::make_unique<MemoryPeerStore>(loop);
}

// The first of wanted that the peer is known to speak.
std::string first_known(const std::vector<std::string>& wanted, const std::vector<std::string>& spoken) {
  const auto found = std::find_first_of(wanted.begin(), wanted.end(), spoken.begin(), spoken.end());
  return found == wanted.end() ? std::string() : *found;
}

}  // namespace

// Counts a call of others in which they wait: close() outlasts them all.
class Swarm::Call {
 public:
  explicit Call(Swarm& swarm) : swarm_(swarm) { ++swarm_.calls_; }
  ~Call() {
    if (--swarm_.calls_ == 0) swarm_.idle_.notify_all();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  Swarm& swarm_;
};

Swarm::Swarm(Loop& loop, const PeerId& local_peer, const SwarmOptions& options, SwarmParts parts)
    : loop_(loop),
      local_peer_(local_peer),
      options_(options),
      transports_(std::move(parts.transports)),
      peerstore_(or_memory(std::move(parts.peerstore), loop)),
      gater_(parts.gater),
      events_(parts.events),
      stream_refused_([this](const PeerId& peer, const Error& why) { on_stream_refused(peer, why); }),
      limits_(options.limits),
      manager_({loop, options_.manager, [this] { return standing(); },
                [this](const PeerId& peer) { return is_connected(peer); },
                [this](ConnectionId id) { connections_.at(id)->close(); }}),
      upgrader_(loop, std::move(parts.securities), std::move(parts.muxers), parts.gater),
      dialer_({loop, options_, local_peer_, transports_, upgrader_, *peerstore_, parts.resolver, parts.gater,
               [this](const PeerId& peer) { return is_static(peer); },
               [this](Upgraded upgraded) { return add_connection(std::move(upgraded), InboundGuard::Place()); },
               [this] { return listen_addresses(); }}),
      acceptor_({loop, options_, upgrader_, limits_, parts.gater,
                 [this](const Multiaddr& remote) { return may_be_static(remote); },
                 [this](const PeerId& peer) { return is_static(peer); },
                 [this](Upgraded upgraded, InboundGuard::Place place) {
                   return add_connection(std::move(upgraded), std::move(place));
                 }}),
      running_(loop),
      idle_(loop) {
  OPW_CHECK(options.validate().has_value());
}

Swarm::~Swarm() = default;

Result<void> Swarm::listen(const std::vector<Multiaddr>& addresses) {
  if (closed_) return opwire::errors::kClosed;
  std::vector<std::unique_ptr<Listener>> listeners;
  for (const Multiaddr& address : addresses) {
    OPW_TRY(listeners.emplace_back(), bind(address));
  }
  for (auto& listener : listeners) acceptor_.add(std::move(listener));
  tell_local_change();
  return {};
}

Result<std::unique_ptr<Listener>> Swarm::bind(const Multiaddr& address) {
  Error why = transport::errors::kUnsupported;
  for (const auto& transport : transports_) {
    Result<std::unique_ptr<Listener>> listener = transport->listen(address);
    if (listener) return listener;
    if (!listener.error().is(transport::errors::kUnsupported)) why = listener.error();
  }
  return why;
}

std::vector<Multiaddr> Swarm::listen_addresses() const {
  return transport::without_wildcards(acceptor_.addresses());
}

void Swarm::set_limits(const LimitOptions& limits) {
  options_.limits = limits;
  limits_.set_options(limits);
}

void Swarm::set_waters(const ConnectionManagerOptions& waters) {
  options_.manager = waters;
  manager_.on_opened(connections_.size());
}

// -- Connections.

Result<void> Swarm::add_connection(Upgraded upgraded, InboundGuard::Place place) {
  if (closed_) return opwire::errors::kClosed;
  if (gater_ != nullptr && !gater_->allow_upgraded(upgraded.role, upgraded.peer, upgraded.remote)) {
    return errors::kGated;
  }
  OPW_TRY(ConnectionLease lease, limits_.open_connection(upgraded.role, upgraded.peer, is_static(upgraded.peer)));
  peerstore_->set_key(upgraded.peer, upgraded.key);
  if (upgraded.role == Role::kDialer) {
    peerstore_->add_addresses(upgraded.peer, {upgraded.remote}, kRecentlyConnectedTtl);
  }
  const ConnectionContext context{loop_, options_, handlers_, limits_, stream_refused_};
  const auto connection =
      std::make_shared<Connection>(context, ConnectionId{next_id_++}, std::move(upgraded), std::move(lease));
  connections_.emplace(connection->id(), connection);
  std::vector<ConnectionPtr>& of_peer = peers_[connection->peer()];
  of_peer.push_back(connection);
  const bool is_first = of_peer.size() == 1;
  running_.spawn(run_connection(connection, std::move(place)));
  if (is_first) {
    peerstore_->set_protocols(connection->peer(), {});  // identify tells anew
    manager_.on_peer_connected(connection->peer());
  }
  announce(connection->info(), is_first);
  manager_.on_opened(connections_.size());
  return {};
}

bool Swarm::may_be_static(const Multiaddr& remote) const {
  const auto ip = remote.ip();
  const auto is_there = [&](const Multiaddr& address) {
    const auto known = address.ip();
    return ip && known ? std::ranges::equal(multiformats::unmap_ip(*known), multiformats::unmap_ip(*ip))
                       : address == remote;
  };
  for (const PeerId& peer : manager_.static_peers()) {
    const std::vector<Multiaddr> addresses = peerstore_->addresses(peer);
    if (std::any_of(addresses.begin(), addresses.end(), is_there)) return true;
  }
  return false;
}

void Swarm::announce(const ConnectionInfo& info, bool is_first) {
  for (NetworkObserver* observer : observers_) observer->on_connection_opened(info);
  if (!is_first) return;
  for (NetworkObserver* observer : observers_) observer->on_peer_connected(info.peer, info);
}

Task<void> Swarm::run_connection(ConnectionPtr connection, InboundGuard::Place place) {
  const Error why = co_await connection->run();
  on_ended(connection, why);
  static_cast<void>(place);
}

void Swarm::on_ended(const ConnectionPtr& connection, const Error& why) {
  connections_.erase(connection->id());
  const auto of_peer = peers_.find(connection->peer());
  std::erase(of_peer->second, connection);
  const bool was_last = of_peer->second.empty();
  if (was_last) {
    peers_.erase(of_peer);
    manager_.on_peer_disconnected(connection->peer());
  }
  const ConnectionInfo info = connection->info();
  if (kLog.enabled(log::Level::kDebug) && log_limit_.admit(loop_.now())) {
    kLog.debug("connection ended", {{"peer", info.peer.to_string()},
                                    {"remote", info.remote.to_string()},
                                    {"error", why},
                                    {"left_out", log_limit_.suppressed()}});
  }
  report(events_, info.peer, why, "connection");
  for (NetworkObserver* observer : observers_) observer->on_connection_closed(info, why);
  if (!was_last) return;
  for (NetworkObserver* observer : observers_) observer->on_peer_disconnected(info.peer);
}

void Swarm::on_stream_refused(const PeerId& peer, const Error& why) {
  if (kLog.enabled(log::Level::kDebug) && log_limit_.admit(loop_.now())) {
    kLog.debug("stream refused", {{"peer", peer.to_string()}, {"error", why}, {"left_out", log_limit_.suppressed()}});
  }
  report(events_, peer, why, "opening a stream");
}

Swarm::ConnectionPtr Swarm::standing_connection(const PeerId& peer) const {
  const auto of_peer = peers_.find(peer);
  if (of_peer == peers_.end()) return nullptr;
  for (const ConnectionPtr& connection : of_peer->second) {
    if (!connection->closing()) return connection;
  }
  return nullptr;
}

std::vector<PeerId> Swarm::connected_peers() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, connections] : peers_) {
    if (is_connected(peer)) peers.push_back(peer);
  }
  return peers;
}

std::vector<ConnectionInfo> Swarm::connections_to(const PeerId& peer) const {
  std::vector<ConnectionInfo> infos;
  const auto of_peer = peers_.find(peer);
  if (of_peer == peers_.end()) return infos;
  for (const ConnectionPtr& connection : of_peer->second) infos.push_back(connection->info());
  return infos;
}

std::optional<ConnectionInfo> Swarm::connection(ConnectionId id) const {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return std::nullopt;
  return found->second->info();
}

std::vector<Standing> Swarm::standing() const {
  std::vector<Standing> standing;
  for (const auto& [id, connection] : connections_) {
    if (connection->closing()) continue;
    const ConnectionInfo info = connection->info();
    standing.push_back({id, info.peer, info.role, info.opened, info.streams});
  }
  return standing;
}

std::vector<ConnectionInfo> Swarm::connections() const {
  std::vector<ConnectionInfo> infos;
  for (const auto& [id, connection] : connections_) infos.push_back(connection->info());
  return infos;
}

Task<Result<void>> Swarm::connect(PeerId peer, std::vector<Multiaddr> addresses) {
  const Call call(*this);
  peerstore_->add_addresses(peer, addresses, kTemporaryTtl);
  if (is_connected(peer)) co_return Result<void>();
  co_return co_await dialer_.dial(peer, !addresses.empty());
}

void Swarm::disconnect(const PeerId& peer) {
  const auto of_peer = peers_.find(peer);
  if (of_peer == peers_.end()) return;
  for (const ConnectionPtr& connection : of_peer->second) connection->close();
}

// -- Streams.

Task<Result<PeerStream>> Swarm::new_stream(PeerId peer, std::vector<std::string> protocols) {
  const Call call(*this);
  if (!is_connected(peer)) OPW_CO_TRYV(co_await dialer_.dial(peer, false));
  const ConnectionPtr connection = standing_connection(peer);
  if (!connection) co_return errors::kNotConnected;
  co_return co_await open_stream(connection, std::move(protocols));
}

Task<Result<PeerStream>> Swarm::new_stream_if_connected(PeerId peer, std::vector<std::string> protocols) {
  const Call call(*this);
  const ConnectionPtr connection = standing_connection(peer);
  if (!connection) co_return errors::kNotConnected;
  co_return co_await open_stream(connection, std::move(protocols));
}

Task<Result<PeerStream>> Swarm::new_stream_on(ConnectionId id, std::vector<std::string> protocols) {
  const Call call(*this);
  const auto found = connections_.find(id);
  if (found == connections_.end()) co_return errors::kNotConnected;
  co_return co_await open_stream(found->second, std::move(protocols));
}

Task<Result<PeerStream>> Swarm::open_stream(ConnectionPtr connection, std::vector<std::string> protocols) {
  OPW_CHECK(!protocols.empty());
  std::string known = first_known(protocols, peerstore_->protocols(connection->peer()));
  co_return co_await connection->open(std::move(protocols), std::move(known));
}

void Swarm::set_stream_handler(std::string protocol, StreamHandler handler) {
  handlers_.set(std::move(protocol), std::move(handler));
  tell_local_change();
}

void Swarm::remove_stream_handler(const std::string& protocol) {
  handlers_.remove(protocol);
  tell_local_change();
}

void Swarm::tell_local_change() {
  if (closed_) return;
  for (NetworkObserver* observer : observers_) observer->on_local_change();
}

void Swarm::set_peer_protocols(const PeerId& peer, std::vector<std::string> protocols) {
  if (!is_connected(peer)) return;  // it left while identify was under way
  peerstore_->set_protocols(peer, protocols);
  for (NetworkObserver* observer : observers_) observer->on_peer_protocols(peer, protocols);
}

NetworkCounts Swarm::counts() const {
  NetworkCounts counts;
  counts.traffic = limits_.traffic();
  counts.refused = limits_.refused();
  counts.trimmed = manager_.trimmed();
  return counts;
}

// -- The end.

Task<void> Swarm::close() {
  closed_ = true;
  manager_.stop();
  co_await acceptor_.close();
  co_await dialer_.close();
  co_await close_connections();
  while (calls_ > 0) co_await idle_.wait_uncancelled();
}

Task<void> Swarm::close_connections() {
  for (const auto& [id, connection] : connections_) connection->close();
  Timer timer(loop_, [this] {
    for (const auto& [id, connection] : connections_) connection->abort();
    running_.cancel();
  });
  timer.arm_in(options_.close_grace);
  co_await running_.join();
}

}  // namespace opwire::swarm
