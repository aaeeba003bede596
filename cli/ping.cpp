// opwire ping: is a peer there, and how far away?
#include <cstdio>

#include "cli/command.hpp"
#include "cli/dialer.hpp"
#include "cli/go_values.hpp"
#include "cli/statistics.hpp"

namespace opwire::cli {
namespace {

struct PingOptions {
  std::string address;
  std::uint64_t count = 4;
  std::string interval = "1s";
};

Task<Result<std::vector<Duration>>> ping_rounds(Host& host, PeerId peer, std::uint64_t count, Duration interval) {
  std::vector<std::string> protocols{ping::kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await host.new_stream(peer, std::move(protocols)));
  std::vector<Duration> times;
  for (std::uint64_t round = 1; round <= count; ++round) {
    OPW_CO_TRY(const Duration time, co_await ping::ping(host.loop(), *stream, host.rng()));
    times.push_back(time);
    std::printf("%llu: %.3f ms\n", static_cast<unsigned long long>(round), to_milliseconds(time));
    std::fflush(stdout);
    if (round < count) co_await sleep_for(host.loop(), interval);
  }
  (void)co_await stream->close_write();
  co_return times;
}

Task<int> ping_peer(Host& host, Multiaddr address, std::uint64_t count, Duration interval) {
  const PeerId peer = address.peer_id().value();
  const Result<std::vector<Duration>> times = co_await ping_rounds(host, peer, count, interval);
  if (!times) co_return fail(kFailed, peer.to_string() + ": " + times.error().message());
  std::printf("%zu answers: least %.3f ms, median %.3f ms, greatest %.3f ms\n", times->size(),
              to_milliseconds(quantile(*times, 0)), to_milliseconds(quantile(*times, 0.5)),
              to_milliseconds(quantile(*times, 1)));
  co_return kOk;
}

int ping(const PingOptions& options) {
  const auto peer = parse_peer_address(options.address);
  if (!peer) return fail(kUsage, peer.error());
  const auto interval = parse_go_duration(options.interval);
  if (!interval || *interval < Duration::zero()) {
    return fail(kUsage, "--interval: '" + options.interval + "' is not a duration, such as 1s");
  }
  if (options.count == 0) return fail(kUsage, "--count: must be at least 1");
  return with_peer(*peer, [&](Host& host, Multiaddr address) {
    return ping_peer(host, std::move(address), options.count, *interval);
  });
}

}  // namespace

std::vector<Command> add_ping(CLI::App& root) {
  CLI::App* app = root.add_subcommand("ping", "Time round trips to a peer.");
  const auto options = std::make_shared<PingOptions>();
  app->add_option("MULTIADDR", options->address, "The peer: /ip4/IP/tcp/PORT/p2p/ID")->required()->type_name("");
  app->add_option("--count", options->count, "Rounds")->capture_default_str();
  app->add_option("--interval", options->interval, "Time between rounds")->type_name("DURATION")->capture_default_str();
  return {{app, [options] { return ping(*options); }}};
}

}  // namespace opwire::cli
