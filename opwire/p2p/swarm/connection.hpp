// One connection that stands: its streams, and the tasks that serve those of the peer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/swarm/handlers.hpp"
#include "opwire/p2p/swarm/limits.hpp"
#include "opwire/p2p/swarm/options.hpp"
#include "opwire/p2p/swarm/upgrader.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::swarm {

/// What all connections of a swarm share; outlives their run().
struct ConnectionContext {
  Loop& loop;
  const SwarmOptions& options;
  const HandlerTable& handlers;
  ResourceLimits& limits;
  /// Told of each stream of the peer's that was refused, and why.
  const std::function<void(const PeerId& peer, const Error& why)>& on_refused;
};

/// Always owned by a shared_ptr: each of its streams keeps it alive.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const ConnectionContext& context, ConnectionId id, Upgraded upgraded, ConnectionLease lease);

  ConnectionId id() const noexcept { return info_.id; }
  const PeerId& peer() const noexcept { return info_.peer; }
  ConnectionInfo info() const;

  /// Serves the peer's streams until the connection has ended, by whichever side or by cancellation; then no task of it
  /// is left. Returns why.
  Task<Error> run();
  /// Opens a stream and agrees on the first of the protocols that the peer speaks. known: one that the peer is known to
  /// speak, which saves waiting for its answer; empty if none is. Errors: see Network::new_stream_on.
  Task<Result<PeerStream>> open(std::vector<std::string> protocols, std::string known);

  /// Says goodbye; run() ends within a second or two.
  void close();
  /// Ends at once.
  void abort();
  bool closing() const noexcept { return closing_; }

 private:
  class LeasedStream;

  void on_stream(std::unique_ptr<Stream> stream);
  void refuse(Stream& stream, const Error& why);
  std::unique_ptr<LeasedStream> lend(std::unique_ptr<Stream> stream, StreamLease lease);
  Task<void> serve(std::unique_ptr<LeasedStream> stream);
  Task<Result<std::string>> accept_protocol(Stream& stream);
  Task<Result<std::string>> agree(std::unique_ptr<Stream>& stream, std::vector<std::string> protocols,
                                  std::string known, TimePoint deadline);

  const ConnectionContext context_;
  ConnectionInfo info_;
  ConnectionLease lease_;
  Stream* const raw_;
  std::unique_ptr<MuxedConnection> muxed_;
  Scope tasks_;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace opwire::swarm
