// perf setups and idle: many connections.
#include "interop/common/input.hpp"
#include "interop/opwirepeer/dial.hpp"
#include "interop/opwirepeer/gossip.hpp"

namespace opwire::interop {
namespace {

constexpr std::size_t kIdleDialsInFlight = 8;
using Peers = std::vector<std::unique_ptr<Peer>>;

Result<Peers> make_peers(Dialer& dialer, std::size_t count) {
  Peers peers;
  for (std::size_t i = 0; i < count; ++i) {
    OPW_TRY(std::unique_ptr<Peer> peer, Peer::make(dialer.loop, dialer.options.key_type));
    peers.push_back(std::move(peer));
  }
  return peers;
}

Task<void> close_all(Loop& loop, Peers& peers) {
  Scope scope(loop);
  for (const auto& peer : peers) scope.spawn(peer->host().close());
  co_await scope.join();
}

// Peers that are free, the time each set-up took.
struct SetUps {
  std::vector<Peer*> free;
  std::vector<Duration> samples;
};

Task<Result<void>> set_up_once(Dialer& dialer, SetUps& state) {
  Peer& peer = *state.free.back();
  state.free.pop_back();
  const TimePoint start = dialer.loop.now();
  OPW_CO_TRYV(co_await peer.connect(dialer.target));
  state.samples.push_back(dialer.loop.now() - start);
  co_await peer.disconnect(dialer.peer_id);
  state.free.push_back(&peer);
  co_return Result<void>();
}

Task<Result<Fields>> set_up_all(Dialer& dialer, Peers& peers) {
  SetUps state;
  for (const auto& peer : peers) state.free.push_back(peer.get());
  const std::size_t count = dialer.numbers[0];
  const Meter meter;
  OPW_CO_TRYV(
      co_await in_parallel(dialer.loop, count, peers.size(), [&](std::size_t) { return set_up_once(dialer, state); }));
  Fields fields{{"count", count}, {"in_flight", peers.size()}};
  fields["per_second"] = static_cast<double>(count) / stop(meter, fields);
  add_latencies(std::move(state.samples), fields);
  co_return fields;
}

Task<Result<Fields>> hold_connections(Dialer& dialer, const Peers& peers) {
  const Meter meter;
  OPW_CO_TRYV(co_await in_parallel(dialer.loop, peers.size(), kIdleDialsInFlight,
                                   [&](std::size_t index) { return peers[index]->connect(dialer.target); }));
  Fields fields{{"connections", peers.size()}};
  stop(meter, fields);
  emit("idle", {{"connections", peers.size()}});
  Input input(dialer.loop);
  while (true) {
    const std::optional<std::string> line = co_await input.line();
    if (!line) break;
  }
  for (const auto& peer : peers) {
    if (!peer->host().network().is_connected(dialer.peer_id)) co_return errors::kLost;
  }
  co_return fields;
}

using Gossips = std::vector<std::unique_ptr<Gossip>>;

// With --gossip.
Gossips start_gossip(const Dialer& dialer, const Peers& peers) {
  Gossips gossips;
  if (dialer.options.gossip.empty()) return gossips;
  for (const auto& peer : peers) {
    gossips.push_back(std::make_unique<Gossip>(*peer, dialer.options, Gossip::Messages::kCounted));
  }
  return gossips;
}

void add_received(const Gossips& gossips, Fields& fields) {
  std::size_t total = 0;
  for (const auto& gossip : gossips) total += gossip->received();
  fields["messages"] = total;
}

Task<void> stop_gossip(Dialer& dialer, Peers& peers, const Gossips& gossips) {
  for (const auto& gossip : gossips) co_await gossip->close();
  co_await close_all(dialer.loop, peers);
}

Task<Result<Fields>> hold_all(Dialer& dialer, Peers& peers) {
  const Gossips gossips = start_gossip(dialer, peers);
  Result<Fields> result = co_await hold_connections(dialer, peers);
  if (result) add_received(gossips, *result);
  co_await stop_gossip(dialer, peers, gossips);
  co_return result;
}

using Many = Task<Result<Fields>> (*)(Dialer&, Peers&);

Task<Result<Fields>> with_peers(Dialer& dialer, std::size_t count, Many body) {
  OPW_CO_TRY(Peers peers, make_peers(dialer, count));
  Result<Fields> result = co_await body(dialer, peers);
  co_await close_all(dialer.loop, peers);
  co_return result;
}

}  // namespace

Task<Result<Fields>> test_perf_setups(Dialer& dialer) {
  return with_peers(dialer, dialer.options.in_flight, set_up_all);
}
Task<Result<Fields>> test_idle(Dialer& dialer) {
  return with_peers(dialer, dialer.numbers[0], hold_all);
}

}  // namespace opwire::interop
