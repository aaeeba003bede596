#include <benchmark/benchmark.h>

#include "opwire/net/tls/engine.hpp"
#include "opwire/net/tls/tls_for_test.hpp"

namespace opwire::tls {
namespace {

std::shared_ptr<Context> context_of(Side side) {
  static const TestFiles files;
  static const auto client = *Context::make(files.options(Side::kClient));
  static const auto server = *Context::make(files.options(Side::kServer));
  return side == Side::kClient ? client : server;
}

struct Pair {
  static void carry(Engine& from, Engine& to) {
    const Buffer bytes = from.take_output();
    OPW_CHECK(to.feed(bytes) == bytes.size());
  }
  void shake_hands() {
    bool done = false;
    while (!done) {
      (void)client->shake_hands();
      carry(*client, *server);
      done = server->shake_hands().value();
      carry(*server, *client);
    }
  }
  const WallTime now = from_unix_seconds(1'700'000'000);
  std::unique_ptr<Engine> client = std::make_unique<Engine>(*context_of(Side::kClient), "signer.test", now);
  std::unique_ptr<Engine> server = std::make_unique<Engine>(*context_of(Side::kServer), "", now);
};

// Both sides, each with a certificate; files are looked at and not read.
void BM_Handshake(benchmark::State& state) {
  for (auto _ : state) {
    Pair pair;
    pair.shake_hands();
  }
}
BENCHMARK(BM_Handshake)->Unit(benchmark::kMicrosecond);

// Sealed on one side and opened on the other.
void BM_Records(benchmark::State& state) {
  Pair pair;
  pair.shake_hands();
  const Bytes plain(static_cast<std::size_t>(state.range(0)), 1);
  Bytes text(kMaxPlaintext);
  for (auto _ : state) {
    (void)pair.client->seal(plain);
    Pair::carry(*pair.client, *pair.server);
    OPW_CHECK(*pair.server->open(text) == plain.size());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Records)->Arg(100)->Arg(kMaxPlaintext);

}  // namespace
}  // namespace opwire::tls
