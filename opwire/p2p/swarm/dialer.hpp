// Dialling peers: all their addresses, staggered, the first that works wins; one dial per peer at a time, joined by
// everyone who asks meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/base/log.hpp"
#include "opwire/net/dns.hpp"
#include "opwire/p2p/core/gater.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/swarm/backoff.hpp"
#include "opwire/p2p/swarm/options.hpp"
#include "opwire/p2p/swarm/upgrader.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::swarm {

/// What the dialer works with; all of it outlives the dialer. gater and resolver may be null.
struct DialerContext {
  Loop& loop;
  const SwarmOptions& options;
  const PeerId& local_peer;
  const std::vector<std::unique_ptr<Transport>>& transports;
  Upgrader& upgrader;
  PeerStore& peerstore;
  net::Resolver* resolver;
  ConnectionGater* gater;
  /// Those are dialled whenever they are asked for, whatever failed before.
  std::function<bool(const PeerId&)> is_static;
  /// Takes a finished connection; may refuse it.
  std::function<Result<void>(Upgraded)> on_connected;
  /// Addresses of our own are not dialled.
  std::function<std::vector<Multiaddr>()> own_addresses;
};

class Dialer {
 public:
  explicit Dialer(DialerContext context);
  ~Dialer();

  /// Returns when on_connected has taken a connection, or why no address led to one. fresh: the peerstore has just been
  /// told addresses that a dial under way may not know. When the last who waits is cancelled, the dial is given up.
  /// Errors: kSelfDial, kGated, kNoAddresses, kBackoff, kTimeout; of several addresses' errors the one that got
  /// furthest.
  Task<Result<void>> dial(PeerId peer, bool fresh);
  /// Ends all dials; later ones fail with kClosed.
  Task<void> close();

 private:
  struct Dial;
  using DialPtr = std::shared_ptr<Dial>;

  Task<Result<void>> join(DialPtr dial);
  DialPtr start(const PeerId& peer);
  Task<void> run(DialPtr dial);
  Task<Result<void>> run_attempts(DialPtr dial);
  void forget(const DialPtr& dial);
  Task<Result<std::vector<Multiaddr>>> find_addresses(Dial& dial);
  Task<std::vector<Multiaddr>> resolve(Dial& dial, std::vector<Multiaddr> addresses);
  Result<std::vector<Multiaddr>> choose_addresses(const PeerId& peer, std::vector<Multiaddr> addresses);
  bool may_launch(const Dial& dial) const;
  Task<void> attempt(DialPtr dial, Multiaddr address);
  void on_failure(Dial& dial, const Multiaddr& address, const Error& why, bool after_connect);
  /// after_connect: set once the transport has done its part.
  Task<Result<void>> attempt_one(Dial& dial, Multiaddr address, bool& after_connect);
  Transport* transport_for(const Multiaddr& address) const;

  const DialerContext context_;
  DialBackoff backoff_;
  std::unordered_map<PeerId, DialPtr> dials_;
  std::size_t attempts_ = 0;  // under way, of all dials
  bool closed_ = false;
  log::Limit log_limit_;
  Scope scope_;
};

}  // namespace opwire::swarm
