#include "opwire/p2p/swarm/acceptor.hpp"

#include "opwire/p2p/swarm/errors.hpp"

namespace opwire::swarm {
namespace {
constexpr log::Logger kLog{"swarm"};
// After an error that accept() did not overcome by itself.
constexpr auto kPause = std::chrono::seconds(1);
}  // namespace

Acceptor::Acceptor(AcceptorContext context)
    : context_(std::move(context)),
      guard_(context_.options.inbound),
      place_free_(context_.loop),
      scope_(context_.loop) {}

void Acceptor::add(std::unique_ptr<Listener> listener) {
  listeners_.push_back(std::move(listener));
  scope_.spawn(accept_loop(*listeners_.back()));
}

std::vector<Multiaddr> Acceptor::addresses() const {
  std::vector<Multiaddr> addresses;
  for (const auto& listener : listeners_) addresses.push_back(listener->local());
  return addresses;
}

Task<void> Acceptor::close() {
  for (const auto& listener : listeners_) listener->close();
  scope_.cancel();
  co_await scope_.join();
  listeners_.clear();
}

Task<void> Acceptor::accept_loop(Listener& listener) {
  while (true) {
    const bool has_place = co_await wait_for_place();
    if (!has_place) co_return;
    Result<RawConnection> raw = co_await listener.accept();
    if (raw) {
      on_accepted(std::move(*raw));
      continue;
    }
    if (raw.error().is(opwire::errors::kClosed) || raw.error().is(opwire::errors::kCancelled)) co_return;
    log_failure(listener.local(), raw.error());
    const bool waited = co_await sleep_for(context_.loop, kPause);
    if (!waited) co_return;
  }
}

Task<bool> Acceptor::wait_for_place() {
  while (pending_.size() >= context_.options.max_pending_inbound) {
    const Wake wake = co_await place_free_.wait_until(pending_.front().since + context_.options.pending_patience);
    if (wake == Wake::kCancelled) co_return false;
    if (wake == Wake::kTimeout && pending_.size() >= context_.options.max_pending_inbound) {
      // Its task ends on the loop's next turn and gives the place back.
      pending_.front().raw->reset();
      const bool freed = co_await place_free_.wait();
      if (!freed) co_return false;
    }
  }
  co_return true;
}

void Acceptor::on_accepted(RawConnection raw) {
  if (context_.gater != nullptr && !context_.gater->allow_accept(raw.remote)) {
    return log_refusal(raw.remote, errors::kGated);
  }
  std::optional<InboundGuard::Place> place = guard_.admit(raw.remote, context_.loop.now());
  if (!place) {
    context_.limits.note_refusal("connections_of_network");
  } else if (!context_.limits.has_room(Role::kListener)) {
    context_.limits.note_refusal("connections");
    place.reset();
  }
  if (!place && !context_.may_be_static(raw.remote)) return log_refusal(raw.remote, errors::kTooManyConnections);
  const auto pending = pending_.insert(pending_.end(), Pending{context_.loop.now(), raw.stream.get()});
  scope_.spawn(upgrade(std::move(raw), std::move(place), pending));
}

Task<void> Acceptor::upgrade(RawConnection raw, std::optional<InboundGuard::Place> place,
                             PendingList::iterator pending) {
  const Multiaddr remote = raw.remote;
  const TimePoint deadline = context_.loop.now() + context_.options.upgrade_timeout;
  Result<Upgraded> upgraded =
      co_await context_.upgrader.upgrade(std::move(raw), Role::kListener, std::nullopt, deadline);
  pending_.erase(pending);
  place_free_.notify_all();
  if (!upgraded) {
    log_refusal(remote, upgraded.error());
  } else if (const Result<void> taken = take(std::move(*upgraded), std::move(place)); !taken) {
    log_refusal(remote, taken.error());
  }
}

Result<void> Acceptor::take(Upgraded upgraded, std::optional<InboundGuard::Place> place) {
  if (!place && !context_.is_static(upgraded.peer)) return errors::kTooManyConnections;
  return context_.on_connected(std::move(upgraded), place ? std::move(*place) : InboundGuard::Place());
}

// Whoever opens many connections can bring this about: no descriptors are left.
void Acceptor::log_failure(const Multiaddr& local, const Error& why) {
  if (!failure_limit_.admit(context_.loop.now())) return;
  kLog.warn("cannot accept",
            {{"address", local.to_string()}, {"error", why}, {"left_out", failure_limit_.suppressed()}});
}

void Acceptor::log_refusal(const Multiaddr& remote, const Error& why) {
  if (!kLog.enabled(log::Level::kDebug) || !log_limit_.admit(context_.loop.now())) return;
  kLog.debug("incoming connection dropped",
             {{"remote", remote.to_string()}, {"error", why}, {"left_out", log_limit_.suppressed()}});
}

}  // namespace opwire::swarm
