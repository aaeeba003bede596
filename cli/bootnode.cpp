// opwire bootnode: discovery alone, for those who run a chain of their own.
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "cli/discovery_options.hpp"
#include "opwire/base/log.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/discv5/enode_url.hpp"
#include "opwire/discv5/service.hpp"
#include "opwire/multiformats/ip_network.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/node/key_file.hpp"
#include "opwire/runtime/event.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr log::Logger kLog{"bootnode"};
constexpr auto kStatusInterval = std::chrono::seconds(10);
constexpr auto kNameLimit = std::chrono::seconds(5);

constexpr const char* kFooter = R"(
The first line on stdout is the bootnode's record: give it to nodes as --p2p.bootnodes. It is written again when it
changes, as it does once others have told us our address, unless that is given. The key file keeps it the same node.

  opwire bootnode --advertise.ip 203.0.113.7
  opwire run --rollup.config rollup.json --p2p.bootnodes enr:…)";

struct BootnodeOptions {
  std::string listen_ip = "0.0.0.0";
  std::uint16_t listen_udp = 30301;
  std::string key_file = "opwire_bootnode_priv.txt";
  std::string advertise_ip;
  std::uint16_t advertise_udp = 0;
  std::vector<std::string> bootnodes;
  std::string netrestrict;
  std::string log_level = "info";
  bool json = false;
};

/// Tells our record on stdout, and again when it changes.
class RecordPrinter final : public discv5::ProtocolObserver {
 public:
  explicit RecordPrinter(bool json) : json_(json) {}

  void on_local_record(const discv5::NodeRecord& record, std::string_view why) override {
    if (json_) {
      const auto enode = discv5::EnodeUrl::of(record);
      boost::json::object line{{"event", why == "start" ? "ready" : "record"},
                               {"enr", record.to_text()},
                               {"id", codec::to_hex(record.id().bytes)},
                               {"port", record.udp().value_or(0)},
                               {"enode", enode ? enode->to_text() : ""}};
      std::printf("%s\n", boost::json::serialize(line).c_str());
    } else {
      std::printf("%s\n", record.to_text().c_str());
    }
    std::fflush(stdout);
  }

 private:
  const bool json_;
};

void log_status(const discv5::Service& service) {
  const discv5::Protocol& protocol = service.protocol();
  kLog.info("status", {{"known", protocol.table().size()},
                       {"live", protocol.table().live()},
                       {"sessions", protocol.sessions()},
                       {"handshakes", protocol.stats().handshakes},
                       {"received", protocol.stats().received},
                       {"sent", protocol.stats().sent}});
}

Task<int> serve(Loop& loop, discv5::Service& service, std::vector<opstack::Bootnode> bootnodes, bool terminal) {
  Event stop(loop);
  bool stopped = false;
  const StopSignals signals(loop, [&] {
    stopped = true;
    stop.notify_all();
  });
  auto resolver = net::CaresResolver::make(loop);
  if (!resolver) co_return fail(kUsage, "DNS: " + resolver.error().message());
  const discv5::IpFamilies families = discv5::families_of(service.local_endpoint());
  auto others =
      co_await opstack::resolve_bootnodes(std::move(bootnodes), **resolver, families, loop, loop.now() + kNameLimit);
  const std::size_t resolved = others.size();
  const std::size_t taken = service.set_bootnodes(std::move(others));
  if (taken < resolved) {
    kLog.warn("bootnodes outside of --netrestrict are not asked", {{"bootnodes", resolved - taken}});
  }
  service.start();
  kLog.info("listening", {{"udp", service.local_endpoint().to_string()}});
  if (!service.local_record().ip4() && !service.local_record().ip6()) {
    kLog.info("our address is not known yet; nodes that come will tell it, or give --advertise.ip");
  }
  while (!stopped) {
    const Wake wake = co_await stop.wait_until(loop.now() + kStatusInterval);
    if (wake == Wake::kTimeout && terminal) log_status(service);
  }
  co_await service.close();
  co_return kOk;
}

Result<discv5::Announced, std::string> announced(const BootnodeOptions& options, const net::Endpoint& local) {
  discv5::Announced announced;
  announced.udp = options.advertise_udp != 0 ? options.advertise_udp : local.port;
  if (options.advertise_ip.empty()) {
    announced.set_own_ip(local.ip());
    return announced;
  }
  OPW_TRY(const net::Endpoint at, parse_listen(options.advertise_ip, 0, "--advertise.ip"));
  announced.set_ip(at.ip());
  return announced;
}

int run_bootnode(const BootnodeOptions& options) {
  const auto levels = log::parse_levels(options.log_level);
  if (!levels) return fail(kUsage, "--log.level: " + levels.error());
  (void)log::configure(*levels);
  auto listen = parse_listen(options.listen_ip, options.listen_udp, "--listen.ip");
  if (!listen) return fail(kUsage, listen.error());
  auto bootnodes = parse_bootnodes(options.bootnodes, "--bootnodes");
  if (!bootnodes) return fail(kUsage, bootnodes.error());
  const auto networks = multiformats::IpNetworkList::parse(options.netrestrict);
  if (!networks) return fail(kUsage, "--netrestrict: " + networks.error());
  SystemRng rng;
  const auto key = node::read_or_create_key_file(options.key_file, rng);
  if (!key) return fail(kUsage, "--key: " + key.error());
  if (key->created) kLog.info("made a new key", {{"file", options.key_file}});
  if (key->readable_by_others) kLog.warn("others can read the key file; run chmod 600", {{"file", options.key_file}});

  ReactorLoop loop;
  auto socket = net::bind_udp(loop, *listen, discv5::kMaxPacket);
  if (!socket) return fail(kUsage, "--listen.udp " + listen->to_string() + ": " + socket.error().message());
  discv5::ProtocolOptions protocol(to_bytes(key->key.data()));
  protocol.families = discv5::families_of((*socket)->local());
  auto announces = announced(options, (*socket)->local());
  if (!announces) return fail(kUsage, announces.error());
  protocol.announced = *announces;
  protocol.votes = {options.advertise_ip.empty(), options.advertise_ip.empty()};
  protocol.votes_on_port = options.advertise_udp == 0;
  if (!networks->empty()) {
    protocol.admits = [&networks](const net::Endpoint& at) { return networks->contains(at.ip()); };
  }
  RecordPrinter printer(options.json);
  auto service = discv5::Service::make(loop, rng, std::move(*socket), std::move(protocol), &printer);
  if (!service) return fail(kFailed, service.error().message());
  return loop.run(serve(loop, **service, std::move(*bootnodes), isatty(STDERR_FILENO) != 0));
}

}  // namespace

std::vector<Command> add_bootnode(CLI::App& root) {
  CLI::App* app = root.add_subcommand("bootnode", "Discovery alone: where the nodes of a chain find each other.");
  const auto options = std::make_shared<BootnodeOptions>();
  app->add_option("--listen.ip", options->listen_ip, "IP to listen on; :: takes IPv4 too")->capture_default_str();
  app->add_option("--listen.udp", options->listen_udp, "UDP port; 0: any free one")->capture_default_str();
  app->add_option("--key", options->key_file, "Private key file, made when missing")
      ->type_name("FILE")
      ->capture_default_str();
  app->add_option("--advertise.ip", options->advertise_ip, "IP that others reach us at; default: what others see");
  app->add_option("--advertise.udp", options->advertise_udp, "UDP port that others reach us at; 0: ours");
  app->add_option("--bootnodes", options->bootnodes, "Other bootnodes: enr:… or enode://…")
      ->delimiter(',')
      ->type_name("NODE,...");
  app->add_option("--netrestrict", options->netrestrict, "Networks outside of which no node is known: 10.0.0.0/8,…");
  app->add_option("--log.level", options->log_level, "Level, or levels by module: warn,discv5=debug")
      ->capture_default_str();
  app->add_flag("--json", options->json, "Print the record as one JSON object");
  app->footer(kFooter);
  return {{app, [options] { return run_bootnode(*options); }}};
}

}  // namespace opwire::cli
