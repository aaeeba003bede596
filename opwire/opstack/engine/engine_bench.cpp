// What stands between a block and the engine: the call's text, and all of the call to a server in this very thread that
// answers at once.
#include <benchmark/benchmark.h>

#include "opwire/opstack/engine/engine_api.hpp"
#include "opwire/opstack/engine/params_text.hpp"
#include "opwire/rpc/call_text.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/rpc/server_for_test.hpp"

namespace opwire::opstack {
namespace {

Envelope make_block(std::size_t count, std::size_t transaction_size) {
  Envelope envelope;
  envelope.payload.version = PayloadVersion::kV4;
  envelope.payload.number = BlockNumber{26'207'962};
  Bytes transaction(transaction_size);
  for (std::size_t i = 0; i < transaction.size(); ++i) transaction[i] = static_cast<std::uint8_t>(i * 167 + i / 256);
  envelope.payload.transactions = TransactionList::make(std::vector<ByteView>(count, transaction)).value();
  return envelope;
}

void NewPayloadText(benchmark::State& state) {
  const Envelope block = make_block(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  std::size_t size = 0;
  for (auto _ : state) {
    const std::string text =
        rpc::to_call_text(1, "engine_newPayloadV4", new_payload_params(block, PayloadVersion::kV4));
    benchmark::DoNotOptimize(text.data());
    size = text.size();
  }
  state.counters["bytes"] = static_cast<double>(size);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK(NewPayloadText)->Args({5, 400})->Args({41, 730})->Args({101, 1280})->Args({1, 131'072});

void NewPayloadOverHttp(benchmark::State& state) {
  const Envelope block = make_block(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  ReactorLoop loop;
  SystemRng rng;
  std::uint64_t id = 0;
  rpc::test::TestServer server(loop, [&id](const http::Request&) {
    return rpc::test::json_response(R"({"jsonrpc":"2.0","id":)" + std::to_string(++id) +
                                    R"(,"result":{"status":"VALID"}})");
  });
  RollupConfig config;
  config.forks.set_time(Fork::kIsthmus, 0);
  rpc::CallerOptions options;
  options.jwt = rpc::Jwt(ByteArray<32>{1});
  const auto caller = *rpc::make_caller(loop, *http::parse_url(server.url()), nullptr, rng, options);
  EngineApi engine(loop, *caller, config);
  for (auto _ : state) {
    if (!loop.run(engine.new_payload(block))) state.SkipWithError("no answer");
  }
  loop.run(caller->close());
  server.close(loop);
}
BENCHMARK(NewPayloadOverHttp)->Args({5, 400})->Args({101, 1280});

}  // namespace
}  // namespace opwire::opstack
