// Datagrams there and back over loopback, in bursts: discv5's smallest and largest packets.
#include <benchmark/benchmark.h>

#include "opwire/base/check.hpp"
#include "opwire/net/udp.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::net {
namespace {

constexpr std::size_t kMaxDatagram = 1280;

std::unique_ptr<DatagramSocket> bind(Loop& loop) {
  return bind_udp(loop, Endpoint(ByteArray<4>{127, 0, 0, 1}, 0), kMaxDatagram).value();
}

Task<void> echo(DatagramSocket& socket) {
  while (true) {
    const auto received = co_await socket.receive();
    if (!received) co_return;
    for (const Datagram& datagram : *received) socket.send(datagram.from, datagram.bytes);
  }
}

Task<void> burst(DatagramSocket& socket, Endpoint to, ByteView datagram, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) socket.send(to, datagram);
  for (std::size_t back = 0; back < count;) {
    const auto received = co_await socket.receive();
    OPW_CHECK(received.has_value());
    back += received->size();
  }
}

// Size, and how many at once; few enough for the system's buffers to take.
void BM_UdpThereAndBack(benchmark::State& state) {
  const Bytes datagram(static_cast<std::size_t>(state.range(0)), 7);
  const auto count = static_cast<std::size_t>(state.range(1));
  ReactorLoop loop;
  const auto here = bind(loop);
  const auto there = bind(loop);
  Scope scope(loop);
  scope.spawn(echo(*there));
  for (auto _ : state) loop.run(burst(*here, there->local(), datagram, count));
  there->close();
  loop.run(scope.join());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(BM_UdpThereAndBack)->ArgsProduct({{63, 1280}, {1, 16, 64}})->UseRealTime();

}  // namespace
}  // namespace opwire::net
