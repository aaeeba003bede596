// opwireengine: opwire's client of an execution engine under a script. interop/README.md describes its commands.
#include <cstdio>
#include <map>

#include "interop/opwireengine/chain.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/opstack/engine/genesis_json.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::interop {
namespace {

constexpr int kUsage = 2;
constexpr std::uint64_t kBlockTime = 2;
constexpr const char* kAccount = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";  // of a well-known test key

int fail(const std::string& why, int code) {
  std::fprintf(stderr, "opwireengine: %s\n", why.c_str());
  return code;
}

/// The exit code.
Task<int> serve(Loop& loop, rpc::Caller& caller, opstack::EngineApi& engine, opstack::RollupConfig& config) {
  Chain chain(loop, engine, config);
  const Result<void> adopted = co_await chain.adopt_genesis();
  if (!adopted) {
    emit("error", {{"cmd", "ready"}, {"error", adopted.error().message()}});
  } else {
    emit("ready", {{"genesis", codec::to_hex0x(config.genesis.l2.hash.view())}});
    Obey obeyed = [&chain](Command command) { return chain.obey(std::move(command)); };
    co_await follow_commands(loop, std::move(obeyed));
  }
  co_await caller.close();
  co_return adopted ? 0 : 1;
}

int drive(opstack::RollupConfig config, const std::string& url_text, const std::string& jwt_file) {
  ReactorLoop loop;
  SystemRng rng;
  const auto url = http::parse_url(url_text);
  if (!url) return fail("--engine: " + url.error().message(), kUsage);
  auto jwt = rpc::read_or_create_jwt_file(jwt_file, rng);
  if (!jwt) return fail(jwt.error(), 1);
  rpc::CallerOptions options;
  options.jwt = jwt->jwt;
  const auto caller = rpc::make_caller(loop, *url, nullptr, rng, options);
  if (!caller) return fail(caller.error().message(), 1);
  opstack::EngineApi engine(loop, **caller, config);
  return loop.run(serve(loop, **caller, engine, config));
}

int print_genesis(const opstack::RollupConfig& config) {
  const Address account = codec::from_hex_as<Address>(kAccount).value();
  std::puts(opstack::to_engine_genesis(config, std::span(&account, 1)).c_str());
  return 0;
}

int print_rollup(opstack::RollupConfig config, const std::string& genesis) {
  const auto hash = codec::from_hex_as<Hash256>(genesis);
  if (!hash) return fail("--genesis: the hash of the engine's genesis block", kUsage);
  config.genesis.l2.hash = *hash;
  std::puts(opstack::to_json(config).c_str());
  return 0;
}

int run(int argc, char** argv) {
  std::map<std::string, std::string> flags;
  for (int i = 2; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  const std::string command = argc > 1 ? argv[1] : "";
  const auto fork = opstack::parse_fork(flags["--fork"]);
  char* end = nullptr;
  const std::uint64_t time = std::strtoull(flags["--time"].c_str(), &end, 10);
  if (!fork || time == 0 || *end != '\0') return fail("--fork and --time are needed", kUsage);
  opstack::RollupConfig config = node::make_devnet_config(*fork, kBlockTime, time);
  if (command == "genesis") return print_genesis(config);
  if (command == "rollup") return print_rollup(config, flags["--genesis"]);
  if (command == "drive") return drive(std::move(config), flags["--engine"], flags["--jwt"]);
  return fail("commands: genesis, rollup, drive", kUsage);
}

}  // namespace
}  // namespace opwire::interop

int main(int argc, char** argv) {
  return opwire::interop::run(argc, argv);
}
