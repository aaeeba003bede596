// What protocols see of the network: connections to peers, streams on them, and events. The swarm implements it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/strong.hpp"
#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/p2p/core/role.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire {

using ConnectionId = StrongNumber<std::uint64_t, struct ConnectionIdTag>;

struct ConnectionInfo {
  ConnectionId id;
  PeerId peer;
  Role role = Role::kDialer;
  Multiaddr local;
  Multiaddr remote;  ///< without /p2p
  std::string security;
  std::string muxer;
  TimePoint opened{};
  std::size_t streams = 0;
};

/// Bytes of streams, as their protocols see them.
struct Traffic {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// What a network has done since it began.
struct NetworkCounts {
  NetworkCounts() = default;
  /// By protocol; "": agreeing on one. Of those that were ever agreed on, which only are protocols of our own.
  std::map<std::string, Traffic> traffic;
  std::map<std::string_view, std::uint64_t> refused;  ///< connections and streams, by the limit that they met
  std::uint64_t trimmed = 0;                          ///< connections that were closed because there were too many
};

/// A stream on which a protocol was agreed. Move-only; destroying it resets the stream unless both ends had closed it.
/// It may outlive its connection and the network: then everything it is asked for fails.
class PeerStream {
 public:
  PeerStream(std::unique_ptr<Stream> stream, PeerId peer, ConnectionId connection, std::string protocol)
      : stream_(std::move(stream)), peer_(peer), connection_(connection), protocol_(std::move(protocol)) {}

  Stream& operator*() noexcept { return *stream_; }
  Stream* operator->() noexcept { return stream_.get(); }
  const PeerId& peer() const noexcept { return peer_; }
  ConnectionId connection() const noexcept { return connection_; }
  const std::string& protocol() const noexcept { return protocol_; }

 private:
  std::unique_ptr<Stream> stream_;
  PeerId peer_;
  ConnectionId connection_;
  std::string protocol_;
};

/// Serves one incoming stream; runs as a task of the connection it came on and is cancelled with it.
using StreamHandler = std::function<Task<void>(PeerStream)>;

/// Told on the loop. Not to be added or removed from inside a call.
class NetworkObserver {
 public:
  virtual ~NetworkObserver() = default;
  /// The first connection to this peer stands.
  virtual void on_peer_connected(const PeerId& peer, const ConnectionInfo& connection) { (void)peer, (void)connection; }
  /// The last connection to this peer has ended.
  virtual void on_peer_disconnected(const PeerId& peer) { (void)peer; }
  /// Every connection, also further ones to the same peer.
  virtual void on_connection_opened(const ConnectionInfo& connection) { (void)connection; }
  virtual void on_connection_closed(const ConnectionInfo& connection, const Error& why) { (void)connection, (void)why; }
  /// Identify has learned what this peer speaks, or it has changed.
  virtual void on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) {
    (void)peer, (void)protocols;
  }
  /// Handlers were set or removed, or listeners changed: what we tell others about ourselves is no longer true.
  virtual void on_local_change() {}
};

class PeerStore;
class PeerTags;

class Network {
 public:
  virtual ~Network() = default;
  virtual Loop& loop() = 0;
  virtual const PeerId& local_peer() const = 0;

  /// Opens a stream to a peer, over a connection that stands or a new one to its known addresses, and agrees on the
  /// first of the protocols (at least one) that it speaks. Where identify knows that the peer speaks one, its answer is
  /// not waited for: a refusal then comes with the first read. Errors: those of connect(), multistream's kNotSupported,
  /// kTimeout, the swarm's limits.
  virtual Task<Result<PeerStream>> new_stream(PeerId peer, std::vector<std::string> protocols) = 0;
  /// The same, but only over a connection that stands: kNotConnected when there is none, which is no reason to dial.
  virtual Task<Result<PeerStream>> new_stream_if_connected(PeerId peer, std::vector<std::string> protocols) = 0;
  /// The same on one connection that stands already.
  virtual Task<Result<PeerStream>> new_stream_on(ConnectionId connection, std::vector<std::string> protocols) = 0;
  /// Serves protocol from now on; replaces a former handler.
  virtual void set_stream_handler(std::string protocol, StreamHandler handler) = 0;
  /// Streams that are being served go on.
  virtual void remove_stream_handler(const std::string& protocol) = 0;
  /// What is served, sorted.
  virtual std::vector<std::string> protocols() const = 0;

  /// Returns when a connection to the peer stands. addresses are added to those the peerstore knows. Errors: the
  /// swarm's kSelfDial, kNoAddresses, kBackoff, kGated; of several addresses the error of the one that got furthest.
  virtual Task<Result<void>> connect(PeerId peer, std::vector<Multiaddr> addresses) = 0;
  virtual void disconnect(const PeerId& peer) = 0;
  /// False as soon as all its connections are being closed.
  virtual bool is_connected(const PeerId& peer) const = 0;
  /// Those with a connection that is not being closed.
  virtual std::vector<PeerId> connected_peers() const = 0;
  /// All of them, for tables; who looks for one asks the next two.
  virtual std::vector<ConnectionInfo> connections() const = 0;
  /// Oldest first.
  virtual std::vector<ConnectionInfo> connections_to(const PeerId& peer) const = 0;
  virtual std::optional<ConnectionInfo> connection(ConnectionId id) const = 0;
  /// For when memory is short: closes connections down to the low water, the least valuable first and whether or not
  /// they are new, but none of protected peers. Returns how many.
  virtual std::size_t trim_connections() = 0;
  /// Those we can be reached at: what listeners bound, wildcard addresses replaced by the interfaces' own.
  virtual std::vector<Multiaddr> listen_addresses() const = 0;

  virtual PeerStore& peerstore() = 0;
  /// What peers are worth, for the connection manager.
  virtual PeerTags& tags() = 0;
  virtual void add_observer(NetworkObserver& observer) = 0;
  virtual void remove_observer(NetworkObserver& observer) = 0;
  /// Identify reports what it learned; observers are told.
  virtual void set_peer_protocols(const PeerId& peer, std::vector<std::string> protocols) = 0;

  /// For metrics. A network that counts nothing has none.
  virtual NetworkCounts counts() const { return {}; }
};

}  // namespace opwire
