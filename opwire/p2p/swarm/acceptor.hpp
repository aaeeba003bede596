// Incoming connections: accepted, gated, upgraded a few at a time.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/gater.hpp"
#include "opwire/p2p/swarm/inbound_guard.hpp"
#include "opwire/p2p/swarm/options.hpp"
#include "opwire/p2p/swarm/upgrader.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::swarm {

/// What the acceptor works with; all of it outlives the acceptor. gater may be null.
struct AcceptorContext {
  Loop& loop;
  const SwarmOptions& options;
  Upgrader& upgrader;
  ResourceLimits& limits;
  ConnectionGater* gater;
  /// Whether a static peer may be at that address: what is refused to others then waits for who it is.
  std::function<bool(const Multiaddr&)> may_be_static;
  std::function<bool(const PeerId&)> is_static;
  /// Takes a finished connection; may refuse it.
  std::function<Result<void>(Upgraded, InboundGuard::Place)> on_connected;
};

/// A connection that stalls is dropped after upgrade_timeout; when all places are taken, no more are accepted until one
/// is free, and whoever has stalled for longer than pending_patience makes room.
class Acceptor {
 public:
  explicit Acceptor(AcceptorContext context);

  void add(std::unique_ptr<Listener> listener);
  std::vector<Multiaddr> addresses() const;
  /// Stops listening and drops what is not upgraded yet.
  Task<void> close();

 private:
  struct Pending {
    TimePoint since;
    Stream* raw;
  };
  using PendingList = std::list<Pending>;

  Task<void> accept_loop(Listener& listener);
  Task<bool> wait_for_place();
  void on_accepted(RawConnection raw);
  /// Without a place only a static peer is let in.
  Task<void> upgrade(RawConnection raw, std::optional<InboundGuard::Place> place, PendingList::iterator pending);
  Result<void> take(Upgraded upgraded, std::optional<InboundGuard::Place> place);
  void log_failure(const Multiaddr& local, const Error& why);
  void log_refusal(const Multiaddr& remote, const Error& why);

  const AcceptorContext context_;
  InboundGuard guard_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  PendingList pending_;  // in order of arrival
  Event place_free_;
  log::Limit failure_limit_;
  log::Limit log_limit_;
  Scope scope_;
};

}  // namespace opwire::swarm
