// The router's hot paths, with blocks of 2, 30 and 128 KiB: a duplicate, and a new message through to eight peers.
#include <benchmark/benchmark.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::noise;
using test::peer_id;

/// The id is the data's first bytes: what decoding costs is not the router's.
class FreeDecoder final : public MessageDecoder {
 public:
  Decoded decode(const MessageView& message) override {
    return {MessageId::from(message.data.first(20)).value(), nullptr};
  }
};

class Bench {
 public:
  Bench() {
    Params params;
    params.d = 8;
    params.d_lo = 6;
    router = std::make_unique<Router>(params, RouterContext(peer_id(999), decoder, rng));
    OPW_CHECK(router->subscribe(kTopic, now).has_value());
    for (unsigned i = 0; i < 9; ++i) {
      router->on_peer_connected(peer_id(i), Version::kV12, true, test::address_of(i));
      const Buffer rpc = test::Rpc().subscribe(kTopic).graft(kTopic).build();
      OPW_CHECK(router->on_rpc(peer_id(i), rpc, now).has_value());
    }
    drain();
  }
  void drain() {
    router->take_actions(actions);
    for (unsigned i = 0; i < 9; ++i) {
      while (const auto frame = router->next_frame(peer_id(i))) benchmark::DoNotOptimize(frame->size());
    }
  }

  FreeDecoder decoder;
  SeededRng rng{1};
  TimePoint now{std::chrono::hours(1)};
  Actions actions;
  std::unique_ptr<Router> router;
};

void Duplicate(benchmark::State& state) {
  Bench b;
  const Bytes data = noise(static_cast<std::size_t>(state.range(0)), 1);
  const Buffer first = test::Rpc().message(kTopic, data).build();
  const Buffer again = test::Rpc().message(kTopic, data).build();
  OPW_CHECK(b.router->on_rpc(peer_id(0), first, b.now).has_value());
  for (auto _ : state) OPW_CHECK(b.router->on_rpc(peer_id(1), again, b.now).has_value());
  OPW_CHECK(b.router->stats().duplicate_bytes == static_cast<std::uint64_t>(state.iterations()));
}
BENCHMARK(Duplicate)->Arg(2 << 10)->Arg(30 << 10)->Arg(128 << 10);

// From the RPC to eight peers' frames taken for writing, IDONTWANT included.
void Forward(benchmark::State& state) {
  Bench b;
  Bytes data = noise(static_cast<std::size_t>(state.range(0)), 1);
  std::uint64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    store_be(data.data(), ++number);
    const Buffer rpc = test::Rpc().message(kTopic, data).build();
    if (number % 4 == 0) {
      b.now += b.router->params().heartbeat;
      b.router->heartbeat(b.now);
      b.drain();
    }
    state.ResumeTiming();
    OPW_CHECK(b.router->on_rpc(peer_id(0), rpc, b.now).has_value());
    b.router->take_actions(b.actions);
    for (const Action& action : b.actions) {
      const auto* validate = std::get_if<ValidateMessage>(&action);
      if (validate != nullptr) b.router->on_validation_result(validate->message, Verdict::kAccept, b.now);
    }
    b.drain();
  }
  OPW_CHECK(b.router->stats().messages_queued == 8 * number);
}
BENCHMARK(Forward)->Arg(2 << 10)->Arg(30 << 10)->Arg(128 << 10);

void Heartbeat(benchmark::State& state) {
  Bench b;
  for (auto _ : state) {
    b.now += b.router->params().heartbeat;
    b.router->heartbeat(b.now);
    b.router->take_actions(b.actions);
  }
}
BENCHMARK(Heartbeat);

}  // namespace
}  // namespace opwire::gossipsub
