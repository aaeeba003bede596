#include "opwire/p2p/swarm/dialer.hpp"

#include <algorithm>

#include "opwire/p2p/swarm/address_rank.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/transport/address_resolver.hpp"

namespace opwire::swarm {
namespace {

constexpr log::Logger kLog{"swarm"};

// Refused by this side: no reason to leave the address alone.
bool is_our_refusal(const Error& why) {
  return why.is(errors::kGated) || why.is(errors::kTooManyConnections);
}

}  // namespace

// One peer being dialled. Kept alive by those who wait for it and by its tasks.
struct Dialer::Dial {
  Dial(Loop& loop, const PeerId& to, TimePoint until)
      : peer(to), deadline(until), ended(loop), changed(loop), attempts(loop) {}

  // The error of the address that got furthest: those after the transport's part tell more than a refused connection.
  void note(const Error& why, bool after_connect) {
    if (!error || (after_connect && !error_after_connect)) error = why;
    error_after_connect |= after_connect;
  }

  const PeerId peer;
  const TimePoint deadline;
  std::optional<Result<void>> outcome;
  Event ended;
  std::size_t waiters = 0;

  Event changed;  // an attempt ended, or a place became free
  std::size_t active = 0;
  bool connected = false;
  bool given_up = false;
  std::optional<Error> error;
  bool error_after_connect = false;
  Scope attempts;
};

Dialer::Dialer(DialerContext context)
    : context_(std::move(context)),
      backoff_(context_.options.backoff_base, context_.options.backoff_step, context_.options.backoff_max),
      scope_(context_.loop) {}

Dialer::~Dialer() = default;

Task<Result<void>> Dialer::dial(PeerId peer, bool fresh) {
  const auto under_way = dials_.find(peer);
  if (under_way == dials_.end()) co_return co_await join(start(peer));
  const Result<void> joined = co_await join(under_way->second);
  if (joined || !fresh || closed_ || joined.error().is(opwire::errors::kCancelled)) co_return joined;
  const Result<void> again = co_await dial(peer, false);
  if (!again && again.error().is(errors::kBackoff)) co_return joined;
  co_return again;
}

Task<Result<void>> Dialer::join(DialPtr dial) {
  ++dial->waiters;
  while (!dial->outcome) {
    const bool notified = co_await dial->ended.wait();
    if (!notified) break;
  }
  --dial->waiters;
  if (dial->outcome) co_return *dial->outcome;
  if (dial->waiters == 0) {
    dial->given_up = true;
    forget(dial);  // who asks from now on begins anew
    dial->changed.notify_all();
  }
  co_return opwire::errors::kCancelled;
}

Dialer::DialPtr Dialer::start(const PeerId& peer) {
  auto dial = std::make_shared<Dial>(context_.loop, peer, context_.loop.now() + context_.options.dial_timeout);
  if (closed_) {
    dial->outcome = opwire::errors::kClosed;
    return dial;
  }
  dials_.emplace(peer, dial);
  scope_.spawn(run(dial));
  return dial;
}

void Dialer::forget(const DialPtr& dial) {
  const auto found = dials_.find(dial->peer);
  if (found != dials_.end() && found->second == dial) dials_.erase(found);
}

Task<void> Dialer::run(DialPtr dial) {
  Result<void> outcome = co_await run_attempts(dial);
  dial->attempts.cancel();
  co_await dial->attempts.join();
  forget(dial);
  if (closed_ && !outcome) outcome = opwire::errors::kClosed;
  dial->outcome = std::move(outcome);
  dial->ended.notify_all();
}

Task<Result<void>> Dialer::run_attempts(DialPtr self) {
  Dial& dial = *self;
  OPW_CO_TRY(const std::vector<Multiaddr> addresses, co_await find_addresses(dial));
  std::size_t next = 0;
  TimePoint next_at = context_.loop.now();
  while (!dial.connected && !dial.given_up) {
    const TimePoint now = context_.loop.now();
    if (now >= dial.deadline) co_return dial.error.value_or(Error(opwire::errors::kTimeout, "dial"));
    if (next == addresses.size() && dial.active == 0) co_return dial.error.value_or(errors::kNoAddresses);
    const bool due = now >= next_at || dial.active == 0;
    if (next < addresses.size() && due && may_launch(dial)) {
      ++dial.active;
      ++attempts_;
      dial.attempts.spawn(attempt(self, addresses[next++]));
      next_at = now + context_.options.dial_stagger;
      continue;
    }
    TimePoint until = dial.deadline;
    if (next < addresses.size() && !due) until = std::min(until, next_at);
    const Wake wake = co_await dial.changed.wait_until(until);
    if (wake == Wake::kCancelled) co_return opwire::errors::kCancelled;
  }
  if (!dial.connected) co_return opwire::errors::kCancelled;
  backoff_.clear(dial.peer);
  co_return Result<void>();
}

bool Dialer::may_launch(const Dial& dial) const {
  return dial.active < context_.options.max_dials_per_peer && attempts_ < context_.options.max_dials;
}

Task<Result<std::vector<Multiaddr>>> Dialer::find_addresses(Dial& dial) {
  if (dial.peer == context_.local_peer) co_return errors::kSelfDial;
  if (context_.gater != nullptr && !context_.gater->allow_peer_dial(dial.peer)) co_return errors::kGated;
  std::vector<Multiaddr> known = co_await resolve(dial, context_.peerstore.addresses(dial.peer));
  Result<std::vector<Multiaddr>> chosen = choose_addresses(dial.peer, std::move(known));
  if (!chosen && chosen.error().is(errors::kNoAddresses) && dial.error) co_return *dial.error;
  co_return chosen;
}

Task<std::vector<Multiaddr>> Dialer::resolve(Dial& dial, std::vector<Multiaddr> addresses) {
  std::vector<Multiaddr> resolved;
  // Names that do not resolve must leave time for the addresses beside them.
  const TimePoint deadline = std::min(dial.deadline, context_.loop.now() + context_.options.connect_timeout);
  for (const Multiaddr& address : addresses) {
    if (!transport::has_name(address)) {
      resolved.push_back(address);
    } else if (context_.resolver != nullptr) {
      // A /dnsaddr lists many peers; its records end with the peer's id.
      Multiaddr asked = address;
      if (address.has(Protocol::kDnsaddr)) asked = address.with_peer(dial.peer);
      const Result<std::vector<Multiaddr>> found =
          co_await transport::resolve_address(*context_.resolver, std::move(asked), deadline);
      if (!found) {
        dial.note(found.error(), false);
        continue;
      }
      for (const Multiaddr& one : *found) resolved.push_back(one.without_peer());
    }
  }
  co_return resolved;
}

Result<std::vector<Multiaddr>> Dialer::choose_addresses(const PeerId& peer, std::vector<Multiaddr> addresses) {
  const std::vector<Multiaddr> own = context_.own_addresses();
  std::erase_if(addresses, [&](const Multiaddr& address) {
    return transport_for(address) == nullptr || !is_dialable(address) ||
           std::find(own.begin(), own.end(), address) != own.end();
  });
  std::vector<Multiaddr> ranked = rank_addresses(std::move(addresses), context_.options.max_addresses_per_dial);
  if (ranked.empty()) return errors::kNoAddresses;
  std::erase_if(ranked, [&](const Multiaddr& address) {
    return context_.gater != nullptr && !context_.gater->allow_address_dial(peer, address);
  });
  if (ranked.empty()) return errors::kGated;
  if (context_.is_static(peer)) return ranked;
  const TimePoint now = context_.loop.now();
  std::erase_if(ranked, [&](const Multiaddr& address) { return backoff_.is_waiting(peer, address, now); });
  if (ranked.empty()) return errors::kBackoff;
  return ranked;
}

Transport* Dialer::transport_for(const Multiaddr& address) const {
  const auto found = std::find_if(context_.transports.begin(), context_.transports.end(),
                                  [&](const auto& transport) { return transport->can_dial(address); });
  return found == context_.transports.end() ? nullptr : found->get();
}

Task<void> Dialer::attempt(DialPtr dial, Multiaddr address) {
  bool after_connect = false;
  const Result<void> result = co_await attempt_one(*dial, address, after_connect);
  --dial->active;
  --attempts_;
  if (result) {
    dial->connected = true;
  } else if (!dial->connected && !dial->given_up && !closed_) {
    on_failure(*dial, address, result.error(), after_connect);
  }
  dial->changed.notify_all();
  for (const auto& [peer, other] : dials_) other->changed.notify_all();
}

void Dialer::on_failure(Dial& dial, const Multiaddr& address, const Error& why, bool after_connect) {
  if (!is_our_refusal(why)) backoff_.on_failure(dial.peer, address, context_.loop.now());
  dial.note(why, after_connect);
  if (!kLog.enabled(log::Level::kDebug) || !log_limit_.admit(context_.loop.now())) return;
  kLog.debug("dial failed", {{"peer", dial.peer.to_string()},
                             {"address", address.to_string()},
                             {"error", why},
                             {"left_out", log_limit_.suppressed()}});
}

Task<Result<void>> Dialer::attempt_one(Dial& dial, Multiaddr address, bool& after_connect) {
  const TimePoint connect_deadline = std::min(dial.deadline, context_.loop.now() + context_.options.connect_timeout);
  Transport* const transport = transport_for(address);
  OPW_CO_TRY(RawConnection raw, co_await transport->dial(std::move(address), connect_deadline));
  after_connect = true;
  OPW_CO_TRY(Upgraded upgraded,
             co_await context_.upgrader.upgrade(std::move(raw), Role::kDialer, dial.peer, dial.deadline));
  if (dial.connected) co_return opwire::errors::kCancelled;
  co_return context_.on_connected(std::move(upgraded));
}

Task<void> Dialer::close() {
  closed_ = true;
  scope_.cancel();
  co_await scope_.join();
}

}  // namespace opwire::swarm
