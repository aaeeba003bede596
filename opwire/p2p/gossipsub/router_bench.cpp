// The router's hot paths, with blocks of 2, 30 and 128 KiB: a duplicate, and a new message through to eight peers.
// Scores and gater are in use.
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
  /// There are other ids, and to find one costs a look at all the data.
  std::optional<MessageId> alias(const MessageView& message, const std::shared_ptr<const void>&) override {
    return test::HashDecoder::topicless_id_of(message.data);
  }
};

/// Scores as an OP chain's topic has them: all parts but P3.
Scoring make_scoring() {
  Scoring scoring;
  TopicScoreParams topic;
  topic.weight = 0.5;
  topic.time_in_mesh_weight = 0.02;
  topic.time_in_mesh_cap = 1500;
  topic.first_deliveries_weight = 1;
  topic.first_deliveries_decay = 0.99;
  topic.first_deliveries_cap = 20;
  topic.invalid_messages_weight = -100;
  topic.invalid_messages_decay = 0.99;
  scoring.params.topics[kTopic] = topic;
  scoring.params.behaviour_weight = -10;
  scoring.params.behaviour_threshold = 6;
  scoring.params.behaviour_decay = 0.9;
  scoring.thresholds = {-1000, -2000, -4000, 100, 1};
  return scoring;
}

class Bench {
 public:
  Bench() {
    Params params;
    params.d = 8;
    params.d_lo = 6;
    params.scoring = make_scoring();
    params.gater.emplace();
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

void take_duplicates(benchmark::State& state, Bench& b) {
  const Bytes data = noise(static_cast<std::size_t>(state.range(0)), 1);
  const Buffer first = test::Rpc().message(kTopic, data).build();
  const Buffer again = test::Rpc().message(kTopic, data).build();
  OPW_CHECK(b.router->on_rpc(peer_id(0), first, b.now).has_value());
  for (auto _ : state) OPW_CHECK(b.router->on_rpc(peer_id(1), again, b.now).has_value());
  OPW_CHECK(b.router->stats().duplicate_bytes == static_cast<std::uint64_t>(state.iterations()));
}

void Duplicate(benchmark::State& state) {
  Bench b;
  take_duplicates(state, b);
}
BENCHMARK(Duplicate)->Arg(2 << 10)->Arg(30 << 10)->Arg(128 << 10);

// The same from a peer that makes it as costly as it can: sixty others and itself have promised as much as is heeded.
void DuplicateAmongPromises(benchmark::State& state) {
  Bench b;
  for (unsigned i = 100; i < 160; ++i)
    b.router->on_peer_connected(peer_id(i), Version::kV12, false, test::address_of(i));
  for (unsigned i = 99; i < 160; ++i) {
    for (std::uint32_t k = 0; k < 10; ++k) {
      const PeerId peer = peer_id(i == 99 ? 1 : i);
      const Buffer rpc = test::Rpc().ihave(kTopic, test::message_ids(1, 100 * i + k)).build();
      OPW_CHECK(b.router->on_rpc(peer, rpc, b.now).has_value());
    }
  }
  take_duplicates(state, b);
}
BENCHMARK(DuplicateAmongPromises)->Arg(2 << 10)->Arg(30 << 10)->Arg(128 << 10);

// What a duplicate cannot do without: a keyed hash of a few places and one comparison of all bytes.
void HashAndCompare(benchmark::State& state) {
  const Buffer one = Buffer::copy_of(noise(static_cast<std::size_t>(state.range(0)), 1));
  const Buffer other = Buffer::copy_of(one);
  const KeyedHash hash(1, 2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(hash(one.view().first(256)));
    OPW_CHECK(equal(one, other));
  }
}
BENCHMARK(HashAndCompare)->Arg(2 << 10)->Arg(30 << 10)->Arg(128 << 10);

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
