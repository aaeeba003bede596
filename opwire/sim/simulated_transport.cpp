#include "opwire/sim/simulated_transport.hpp"

#include <cerrno>

#include "opwire/net/errors.hpp"
#include "opwire/p2p/transport/errors.hpp"
#include "opwire/sim/simulated_stream.hpp"

namespace opwire::sim {
namespace {

constexpr std::size_t kBacklog = 1024;

Task<Result<RawConnection>> no_answer(Loop& loop, TimePoint deadline) {
  const bool waited = co_await sleep_until(loop, deadline);
  if (waited) co_return Error(opwire::errors::kTimeout, "dial");
  co_return opwire::errors::kCancelled;
}

}  // namespace

// Dialling.

Task<Result<RawConnection>> SimulatedTransport::dial(Multiaddr address, TimePoint deadline) {
  const std::optional<Internet::Place> place = Internet::place_of(address);
  if (!place) co_return transport::errors::kUnsupported;
  const std::optional<MachineId> there = internet_.machine_at(*place);
  if (!there) co_return co_await no_answer(internet_.loop(), deadline);
  const Duration way = internet_.latency(machine_, *there);
  if (internet_.loop().now() + 2 * way >= deadline) co_return co_await no_answer(internet_.loop(), deadline);
  const bool there_in_time = co_await sleep_for(internet_.loop(), way);
  if (!there_in_time) co_return opwire::errors::kCancelled;
  Result<RawConnection> answer = co_await knock(*place, std::move(address), deadline);
  if (!answer && answer.error().is(opwire::errors::kTimeout)) co_return answer;
  const bool back = co_await sleep_for(internet_.loop(), way);
  if (!back) co_return opwire::errors::kCancelled;
  co_return answer;
}

Task<Result<RawConnection>> SimulatedTransport::knock(Internet::Place place, Multiaddr address, TimePoint deadline) {
  const std::optional<MachineId> there = internet_.machine_at(place);
  if (!there || !internet_.reachable(machine_, *there)) co_return co_await no_answer(internet_.loop(), deadline);
  const auto listener = internet_.listeners_.find(place);
  if (listener == internet_.listeners_.end()) co_return Error(net::errors::kConnect, nullptr, ECONNREFUSED);
  Circuit& circuit = internet_.connect(machine_, listener->second->machine_);
  const Multiaddr from = internet_.address(machine_, internet_.free_port(internet_.machines_[machine_].ip));
  auto ours = std::make_unique<SimulatedStream>(circuit, 0);
  RawConnection incoming(std::make_unique<SimulatedStream>(circuit, 1), address, from);
  if (!listener->second->backlog_.push(std::move(incoming))) co_return Error(net::errors::kConnect, "backlog is full");
  co_return RawConnection(std::move(ours), from, std::move(address));
}

// Listening.

Result<std::unique_ptr<Listener>> SimulatedTransport::listen(const Multiaddr& address) {
  std::optional<Internet::Place> place = Internet::place_of(address);
  if (!place) return transport::errors::kUnsupported;
  if (place->ip != internet_.machines_[machine_].ip) return Error(net::errors::kListen, nullptr, EADDRNOTAVAIL);
  if (place->port == 0) place->port = internet_.free_port(place->ip);
  if (internet_.listeners_.contains(*place)) return Error(net::errors::kListen, nullptr, EADDRINUSE);
  return std::unique_ptr<Listener>(std::make_unique<SimulatedListener>(internet_, machine_, *place));
}

SimulatedListener::SimulatedListener(Internet& internet, MachineId machine, const Internet::Place& place)
    : internet_(internet),
      machine_(machine),
      place_(place),
      local_(internet.address(machine, place.port)),
      backlog_(internet.loop(), kBacklog) {
  internet_.listeners_.emplace(place, this);
}

Task<Result<RawConnection>> SimulatedListener::accept() {
  std::optional<RawConnection> connection = co_await backlog_.pop();
  if (connection) co_return std::move(*connection);
  if (closed_) co_return opwire::errors::kClosed;
  co_return opwire::errors::kCancelled;
}

void SimulatedListener::close() {
  if (std::exchange(closed_, true)) return;
  vanish();
  backlog_.close();
}

void SimulatedListener::vanish() {
  if (std::exchange(listed_, false)) internet_.listeners_.erase(place_);
}

}  // namespace opwire::sim
