#include "interop/opwirepeer/listen.hpp"

#include <unistd.h>

#include <cstdio>

#include "interop/common/commands.hpp"
#include "interop/opwirepeer/gossip.hpp"
#include "interop/opwirepeer/protocols.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::interop {
namespace {

class Listener {
 public:
  Listener(Peer& peer, const Options& options, Meter started) : peer_(peer), started_(started) {
    serve_protocols(peer.host());
    if (!options.gossip.empty()) gossip_.emplace(peer, options);
  }

  Task<Result<void>> connect(std::string address) {
    OPW_CO_TRY(Multiaddr to, Multiaddr::parse_text(address));
    OPW_CO_TRYV(co_await peer_.connect(to));
    emit("connected", {{"peer", to.peer_id()->to_string()}});
    co_return Result<void>();
  }

  Task<Result<void>> obey(Command command) {
    const std::string name = command.name();
    if (name == "stats") {
      if (command.flag("collect")) give_memory_back();
      emit_stats();
    } else if (name == "connections") {
      emit_connections();
    } else if (name == "connect") {
      co_return co_await connect(command.text("addr"));
    } else if (name == "publish" && gossip_) {
      co_return co_await gossip_->publish(command);
    } else if (name == "families" && gossip_) {
      gossip_->emit_families();
    } else if (name == "scores" && gossip_) {
      gossip_->emit_scores();
    } else {
      co_return errors::kCommand;
    }
    co_return Result<void>();
  }

  Task<void> close() {
    if (gossip_) co_await gossip_->close();
    co_await peer_.host().close();
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
  Meter started_;
  std::optional<Gossip> gossip_;
};

Task<int> serve(Listener& listener, Loop& loop, const Options& options) {
  for (const std::string& address : options.connect) {
    const Result<void> connected = co_await listener.connect(address);
    if (connected) continue;
    std::fprintf(stderr, "opwirepeer: %s: %s\n", address.c_str(), connected.error().message().c_str());
    co_return kFailed;
  }
  Obey obey = [&listener](Command command) { return listener.obey(std::move(command)); };
  co_await follow_commands(loop, std::move(obey));
  co_return kOk;
}

Task<int> listen(Loop& loop, const Options& options, Meter started) {
  Result<std::unique_ptr<Peer>> peer = Peer::make(loop, options.key_type, options.listen);
  if (!peer) {
    std::fprintf(stderr, "opwirepeer: %s: %s\n", options.listen.c_str(), peer.error().message().c_str());
    co_return kFailed;
  }
  Host& host = (*peer)->host();
  Listener listener(**peer, options, started);
  boost::json::array addresses;
  for (const Multiaddr& address : host.addresses()) addresses.emplace_back(address.to_string());
  emit("ready", {{"id", host.id().to_string()}, {"addrs", addresses}});
  const int code = co_await serve(listener, loop, options);
  co_await listener.close();
  co_return code;
}

}  // namespace

int run_listen(const Options& options) {
  const Meter started;
  if (!options.arguments.empty()) {
    std::fputs("opwirepeer: listen takes no arguments\n", stderr);
    return kUsage;
  }
  ReactorLoop loop;
  return loop.run(listen(loop, options, started));
}

}  // namespace opwire::interop
