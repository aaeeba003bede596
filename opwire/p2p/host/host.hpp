// A libp2p host: identity, network and the protocols that every peer expects, ready to use.
//
//   ReactorLoop loop;
//   auto host = Host::make(loop, options);
//   (*host)->set_stream_handler("/echo/1.0.0", serve_echo);
//   loop.run((*host)->connect(address));
//   loop.run((*host)->close());
//
// Embedding contract. A Host lives on one loop, which it is given or (HostThread) runs on a thread of its own.
// Everything is called on that loop's thread, except Loop::post(). Options have constructors and are passed by value;
// coroutines take no aggregates and no initializer lists, which g++ 12 would miscompile at the call. No function throws
// for what a peer or the network does. close() takes SwarmOptions::close_grace and little more, and must be awaited
// before the host is destroyed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/net/dns.hpp"
#include "opwire/p2p/core/gater.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/p2p/identify/service.hpp"
#include "opwire/p2p/ping/ping.hpp"
#include "opwire/p2p/swarm/options.hpp"

namespace opwire {

struct HostOptions {
  explicit HostOptions(crypto::PrivateKey identity) : key(std::move(identity)) {}

  crypto::PrivateKey key;
  std::vector<Multiaddr> listen;  ///< /ip4/…/tcp/…; empty: dial only
  std::string agent = "opwire";
  bool serve_ping = true;
  bool serve_perf = false;
  swarm::SwarmOptions swarm;
  net::Resolver* resolver = nullptr;  ///< of names in addresses; null: the system's. Outlives the host
  ConnectionGater* gater = nullptr;   ///< outlives the host
  PeerEvents* events = nullptr;       ///< outlives the host
};

/// What stands beneath a host, where that is not TCP and noise: in a simulation, or over transports of the user's own.
struct HostParts {
  HostParts() = default;
  std::vector<std::unique_ptr<Transport>> transports;  ///< in order of preference; empty: TCP
  std::vector<std::unique_ptr<Security>> securities;   ///< in order of preference; empty: noise
  Rng* rng = nullptr;                                  ///< null: the system's. Outlives the host
};

class Host {
 public:
  /// Listens at once, on all addresses or none. Errors: net kListen with the system's reason, transport kUnsupported,
  /// swarm kBadOptions.
  static Result<std::unique_ptr<Host>> make(Loop& loop, HostOptions options);
  static Result<std::unique_ptr<Host>> make(Loop& loop, HostOptions options, HostParts parts);
  ~Host();

  const PeerId& id() const noexcept;
  /// With /p2p/ID appended, wildcards resolved: what others dial.
  std::vector<Multiaddr> addresses() const;

  /// address ends in /p2p/ID. Returns when a connection stands. Errors: multiformats kBadPeerId when it does not, and
  /// those of Network::connect.
  Task<Result<void>> connect(Multiaddr address);
  Task<Result<PeerStream>> new_stream(PeerId peer, std::vector<std::string> protocols);
  void set_stream_handler(std::string protocol, StreamHandler handler);

  /// Asks the peer who it is, on a connection that stands or a new one.
  Task<Result<identify::PeerInfo>> identify(PeerId peer);
  /// Round-trip times of count pings on one stream; ends at the first error.
  Task<Result<std::vector<Duration>>> ping(PeerId peer, std::size_t count);

  /// The limits in force, and what of them is in use.
  const swarm::SwarmOptions& limits() const noexcept;
  swarm::ResourceUse resources() const;
  /// See Swarm.
  void set_limits(const swarm::LimitOptions& limits);
  void set_waters(const swarm::ConnectionManagerOptions& waters);

  Network& network() noexcept;
  Loop& loop() noexcept;
  Rng& rng() noexcept;

  /// Ends everything, politely where peers allow it; takes at most a few seconds.
  Task<void> close();

 private:
  struct Impl;
  explicit Host(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire
