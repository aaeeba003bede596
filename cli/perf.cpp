// opwire perf listen|dial: throughput and connection set-ups between two ends.
#include <cstdio>

#include <boost/json.hpp>

#include "cli/byte_size.hpp"
#include "cli/command.hpp"
#include "cli/perf_measure.hpp"
#include "cli/statistics.hpp"
#include "opwire/p2p/perf/perf.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;
constexpr std::size_t kMaxAtOnce = 1000;  // streams and set-ups: below what a listener takes from one peer or address

struct ListenOptions {
  std::string address = "/ip4/127.0.0.1/tcp/0";
  bool json = false;
};
struct DialOptions {
  std::string address;
  std::string upload;
  std::string download;
  std::size_t streams = 1;
  std::size_t setups = 0;
  std::size_t in_flight = 1;
  bool json = false;
};

// -- The listening end.

void print_addresses(Host& host, bool json) {
  boost::json::array addresses;
  for (const Multiaddr& address : host.addresses()) {
    if (!json) std::printf("listening on %s\n", address.to_string().c_str());
    addresses.emplace_back(address.to_string());
  }
  if (json) std::printf("%s\n", boost::json::serialize(boost::json::object{{"addresses", addresses}}).c_str());
  std::fflush(stdout);
}

Task<int> serve(Loop& loop, Host& host, bool json) {
  Event stop(loop);
  bool stopped = false;
  const StopSignals signals(loop, [&] {
    stopped = true;
    stop.notify_all();
  });
  print_addresses(host, json);
  while (!stopped) co_await stop.wait();
  co_await host.close();
  co_return kOk;
}

int listen(const ListenOptions& options) {
  const auto address = Multiaddr::parse_text(options.address);
  if (!address) return fail(kUsage, "--listen: '" + options.address + "': " + address.error().message());
  ReactorLoop loop;
  SystemRng rng;
  HostOptions host_options(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
  host_options.listen = {*address};
  host_options.serve_perf = true;
  // Measurements come fast and from one address.
  host_options.swarm.max_pending_inbound = kMaxAtOnce;
  host_options.swarm.inbound = swarm::InboundOptions::unlimited();
  const auto host = Host::make(loop, std::move(host_options));
  if (!host) return fail(kUsage, "--listen " + options.address + ": " + host.error().message());
  return loop.run(serve(loop, **host, options.json));
}

// -- The dialling end.

/// Checked.
struct Measurements {
  std::uint64_t upload = 0;
  std::uint64_t download = 0;
  std::size_t streams = 1;
  std::size_t setups = 0;
  std::size_t in_flight = 1;
  bool json = false;
};

void report_transfer(const char* name, std::uint64_t bytes, const Spent& spent, bool json) {
  const double mib = static_cast<double>(bytes) / kMiB;
  if (!json) {
    std::printf("%-9s %10.1f MiB in %7.3f s: %8.1f MiB/s, %8.1f MiB per CPU-second\n", name, mib, spent.seconds,
                mib / spent.seconds, mib / spent.cpu_seconds);
    return;
  }
  const boost::json::object line{{"test", name},
                                 {"bytes", bytes},
                                 {"seconds", spent.seconds},
                                 {"cpu_seconds", spent.cpu_seconds},
                                 {"mib_per_second", mib / spent.seconds},
                                 {"mib_per_cpu_second", mib / spent.cpu_seconds}};
  std::printf("%s\n", boost::json::serialize(line).c_str());
}

void report_setups(const SetupTimes& times, bool json) {
  const auto count = static_cast<double>(times.each.size());
  const double median = to_milliseconds(quantile(times.each, 0.5));
  const double slow = to_milliseconds(quantile(times.each, 0.99));
  if (!json) {
    std::printf("%-9s %10.0f     in %7.3f s: %8.1f /s, %8.1f per CPU-second; median %.2f ms, p99 %.2f ms\n", "set-ups",
                count, times.spent.seconds, count / times.spent.seconds, count / times.spent.cpu_seconds, median, slow);
    return;
  }
  const boost::json::object line{{"test", "setups"},
                                 {"count", times.each.size()},
                                 {"seconds", times.spent.seconds},
                                 {"cpu_seconds", times.spent.cpu_seconds},
                                 {"per_second", count / times.spent.seconds},
                                 {"per_cpu_second", count / times.spent.cpu_seconds},
                                 {"p50_ms", median},
                                 {"p99_ms", slow}};
  std::printf("%s\n", boost::json::serialize(line).c_str());
}

Task<Result<void>> measure(Host& host, Multiaddr address, const Measurements& wanted) {
  const PeerId peer = address.peer_id().value();
  if (wanted.upload > 0) {
    OPW_CO_TRY(const Spent spent, co_await measure_transfer(host, peer, wanted.upload, 0, wanted.streams));
    report_transfer("upload", wanted.upload, spent, wanted.json);
  }
  if (wanted.download > 0) {
    OPW_CO_TRY(const Spent spent, co_await measure_transfer(host, peer, 0, wanted.download, wanted.streams));
    report_transfer("download", wanted.download, spent, wanted.json);
  }
  if (wanted.setups > 0) {
    OPW_CO_TRY(const SetupTimes times, co_await measure_setups(host.loop(), address, wanted.setups, wanted.in_flight));
    report_setups(times, wanted.json);
  }
  co_return Result<void>();
}

Task<int> measure_and_report(Host& host, Multiaddr address, const Measurements& wanted) {
  const std::string name = address.to_string();
  const Result<void> measured = co_await measure(host, std::move(address), wanted);
  if (!measured) co_return fail(kFailed, name + ": " + measured.error().message());
  co_return kOk;
}

Result<Measurements, std::string> check(const DialOptions& options) {
  const auto upload = parse_byte_size(options.upload.empty() ? "0" : options.upload);
  if (!upload) return "--upload: '" + options.upload + "' is not a size, such as 256MiB";
  const auto download = parse_byte_size(options.download.empty() ? "0" : options.download);
  if (!download) return "--download: '" + options.download + "' is not a size, such as 256MiB";
  if (options.streams < 1 || options.streams > kMaxAtOnce) return std::string("--streams: 1 to 1000");
  if (options.in_flight < 1 || options.in_flight > kMaxAtOnce) return std::string("--in-flight: 1 to 1000");
  Measurements wanted{*upload, *download, options.streams, options.setups, options.in_flight, options.json};
  if (wanted.upload + wanted.download + wanted.setups == 0) wanted.upload = wanted.download = 256 * 1024 * 1024;
  return wanted;
}

int dial(const DialOptions& options) {
  const auto peer = parse_peer_address(options.address);
  if (!peer) return fail(kUsage, peer.error());
  const auto wanted = check(options);
  if (!wanted) return fail(kUsage, wanted.error());
  return with_peer(*peer, [&wanted](Host& host, Multiaddr address) {
    return measure_and_report(host, std::move(address), *wanted);
  });
}

}  // namespace

std::vector<Command> add_perf(CLI::App& root) {
  CLI::App* group = root.add_subcommand("perf", "Measure throughput and connection set-ups between two ends.");
  group->require_subcommand(1);

  const auto listening = std::make_shared<ListenOptions>();
  CLI::App* listen_app = group->add_subcommand("listen", "Serve measurements until stopped; prints the address.");
  listen_app->add_option("--listen", listening->address, "Where")->type_name("MULTIADDR")->capture_default_str();
  listen_app->add_flag("--json", listening->json, "Print JSON");

  const auto dialling = std::make_shared<DialOptions>();
  CLI::App* dial_app =
      group->add_subcommand("dial", "Measure against a listener, or any peer that speaks /perf/1.0.0.");
  dial_app->add_option("MULTIADDR", dialling->address, "The peer: /ip4/IP/tcp/PORT/p2p/ID")->required()->type_name("");
  dial_app->add_option("--upload", dialling->upload, "Send so many bytes: 256MiB")->type_name("SIZE");
  dial_app->add_option("--download", dialling->download, "Fetch so many bytes; with nothing asked for, 256MiB each way")
      ->type_name("SIZE");
  dial_app->add_option("--streams", dialling->streams, "Over so many streams at once")->capture_default_str();
  dial_app->add_option("--setups", dialling->setups, "Connect, identify and hang up so many times");
  dial_app->add_option("--in-flight", dialling->in_flight, "So many set-ups at once")->capture_default_str();
  dial_app->add_flag("--json", dialling->json, "Print a JSON object a line");
  return {{listen_app, [listening] { return listen(*listening); }}, {dial_app, [dialling] { return dial(*dialling); }}};
}

}  // namespace opwire::cli
