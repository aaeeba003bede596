#include "interop/opwirepeer/listen.hpp"

#include <unistd.h>

#include <cstdio>

#include <boost/json.hpp>

#include "interop/opwirepeer/events.hpp"
#include "interop/opwirepeer/input.hpp"
#include "interop/opwirepeer/peer.hpp"
#include "interop/opwirepeer/protocols.hpp"
#include "opwire/runtime/reactor.hpp"

extern "C" int mallctl(const char*, void*, std::size_t*, void*, std::size_t) __attribute__((weak));

namespace opwire::interop {
namespace {

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

void give_memory_back() {
  if (mallctl != nullptr) mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: all arenas
}

class Listener {
 public:
  Listener(Peer& peer, bench::Meter started) : peer_(peer), started_(started) {}

  Task<Result<void>> connect(std::string address) {
    OPW_CO_TRY(Multiaddr to, Multiaddr::parse_text(address));
    OPW_CO_TRYV(co_await peer_.connect(to));
    emit("connected", {{"peer", to.peer_id()->to_string()}});
    co_return Result<void>();
  }

  Task<Result<void>> obey(const Fields command) {
    const auto word = [&](const char* name) {
      const boost::json::value* value = command.if_contains(name);
      return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
    };
    const std::string name = word("cmd");
    if (name == "stats") {
      const boost::json::value* collect = command.if_contains("collect");
      if (collect != nullptr && collect->is_bool() && collect->as_bool()) give_memory_back();
      emit_stats();
      co_return Result<void>();
    }
    if (name == "connections") {
      emit_connections();
      co_return Result<void>();
    }
    if (name == "connect") co_return co_await connect(word("addr"));
    co_return errors::kCommand;
  }

 private:
  void emit_stats() {
    std::size_t streams = 0;
    const auto connections = peer_.host().network().connections();
    for (const ConnectionInfo& info : connections) streams += info.streams;
    emit("stats", {{"cpu_seconds", started_.cpu_seconds()},
                   {"rss_bytes", resident_bytes()},
                   {"connections", connections.size()},
                   {"streams", streams}});
  }

  void emit_connections() {
    boost::json::array all;
    for (const ConnectionInfo& info : peer_.host().network().connections()) {
      all.push_back({{"peer", info.peer.to_string()},
                     {"direction", to_string(info.role)},
                     {"security", info.security},
                     {"muxer", info.muxer}});
    }
    emit("connections", {{"connections", all}});
  }

  Peer& peer_;
  bench::Meter started_;
};

bool is_quit(const Fields& command) {
  const boost::json::value* name = command.if_contains("cmd");
  return name != nullptr && *name == "quit";
}

// A command that fails is answered with an error event.
Task<void> follow_commands(Listener& listener, Input& input) {
  while (true) {
    const std::optional<std::string> line = co_await input.line();
    if (!line) co_return;
    if (line->empty()) continue;
    boost::system::error_code problem;
    const boost::json::value parsed = boost::json::parse(*line, problem);
    const Fields command = parsed.is_object() ? parsed.as_object() : Fields();
    if (is_quit(command)) co_return;
    const Result<void> done = co_await listener.obey(command);
    if (!done) emit("error", {{"cmd", *line}, {"error", done.error().message()}});
  }
}

Task<int> listen(Loop& loop, const Options& options, bench::Meter started) {
  Result<std::unique_ptr<Peer>> peer = Peer::make(loop, options.key_type, options.listen);
  if (!peer) {
    std::fprintf(stderr, "opwirepeer: %s: %s\n", options.listen.c_str(), peer.error().message().c_str());
    co_return kFailed;
  }
  Host& host = (*peer)->host();
  serve_protocols(host);
  boost::json::array addresses;
  for (const Multiaddr& address : host.addresses()) addresses.emplace_back(address.to_string());
  emit("ready", {{"id", host.id().to_string()}, {"addrs", addresses}});

  Listener listener(**peer, started);
  int code = kOk;
  for (const std::string& address : options.connect) {
    const Result<void> connected = co_await listener.connect(address);
    if (connected) continue;
    std::fprintf(stderr, "opwirepeer: %s: %s\n", address.c_str(), connected.error().message().c_str());
    code = kFailed;
  }
  if (code == kOk) {
    Input input(loop);
    co_await follow_commands(listener, input);
  }
  co_await host.close();
  co_return code;
}

}  // namespace

int run_listen(const Options& options) {
  const bench::Meter started;
  if (!options.arguments.empty()) {
    std::fputs("opwirepeer: listen takes no arguments\n", stderr);
    return kUsage;
  }
  ReactorLoop loop;
  return loop.run(listen(loop, options, started));
}

}  // namespace opwire::interop
