// opwire discover: walks the network and says who is there.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

#include "cli/agents.hpp"
#include "cli/command.hpp"
#include "cli/discover_view.hpp"
#include "cli/discovery_options.hpp"
#include "opwire/base/log.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/opstack/chain/registry.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr auto kNameLimit = std::chrono::seconds(5);
constexpr auto kRedraw = std::chrono::milliseconds(200);

constexpr const char* kFooter = R"(
It asks every node that it hears of for all that it knows, until there is nobody left or the time is up. With
--network, only nodes of that chain are listed; the others are still asked, for they lead to those.

  opwire discover --network op-mainnet --agents
  opwire discover --bootnodes enr:… --json | jq -r .enr)";

struct DiscoverOptions {
  std::string network;
  std::vector<std::string> bootnodes;
  std::string listen_ip = "0.0.0.0";
  double seconds = 60;
  std::size_t max_nodes = 20000;
  bool agents = false;
  bool all = false;
  bool json = false;
};

struct Plan {
  std::optional<ChainId> chain;
  std::vector<opstack::Bootnode> bootnodes;
  net::Endpoint listen;
};

Result<Plan, std::string> make_plan(const DiscoverOptions& options) {
  Plan plan;
  std::vector<std::string> texts = options.bootnodes;
  if (!options.network.empty()) {
    auto chain = opstack::find_chain(options.network);
    if (!chain) return "--network: " + chain.error();
    plan.chain = (*chain)->config.l2_chain_id;
  }
  if (texts.empty()) texts = opstack::default_bootnodes(plan.chain.value_or(ChainId{}));
  OPW_TRY(plan.bootnodes, parse_bootnodes(texts, "--bootnodes"));
  OPW_TRY(plan.listen, parse_listen(options.listen_ip, 0, "--listen.ip"));
  if (!(options.seconds > 0 && options.seconds <= 86400)) return std::string("--time: 1 to 86400 seconds");
  return plan;
}

/// The nodes to be listed: own chain or all, those that answered first, then by answer time.
std::vector<const discv5::CrawledNode*> chosen(const discv5::Crawler& crawler, const Plan& plan, bool all) {
  std::vector<const discv5::CrawledNode*> nodes;
  for (const auto& [id, node] : crawler.nodes()) {
    if (!all && !node.answered) continue;
    if (plan.chain && !opstack::is_of_chain(*node.record, *plan.chain)) continue;
    nodes.push_back(&node);
  }
  std::ranges::sort(nodes, [](const auto* a, const auto* b) {
    const auto order = [](const discv5::CrawledNode& node) {
      return std::tuple(chain_label(*node.record), !node.answered, node.answer_time.value_or(Duration::max()));
    };
    return order(*a) < order(*b);
  });
  return nodes;
}

class Discover {
 public:
  Discover(Loop& loop, Rng& rng, const DiscoverOptions& options, Plan plan)
      : loop_(loop), rng_(rng), options_(options), plan_(std::move(plan)) {}

  Task<int> run() {
    auto socket = net::bind_udp(loop_, plan_.listen, discv5::kMaxPacket);
    if (!socket) co_return fail(kUsage, "--listen.ip: " + socket.error().message());
    const discv5::IpFamilies families = discv5::families_of((*socket)->local());
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
    discv5::ProtocolOptions protocol(to_bytes(key.data()));
    protocol.families = families;
    protocol.find_nodes = false;
    protocol.limits.sessions = options_.max_nodes;
    auto service = discv5::Service::make(loop_, rng_, std::move(*socket), std::move(protocol));
    if (!service) co_return fail(kFailed, service.error().message());
    (*service)->start();
    const bool found = co_await crawl(**service, families);
    co_await (*service)->close();
    co_return found ? kOk : kFailed;
  }

 private:
  Task<bool> crawl(discv5::Service& service, discv5::IpFamilies families) {
    auto resolver = net::CaresResolver::make(loop_);
    if (!resolver) {
      fail(kFailed, "DNS: " + resolver.error().message());
      co_return false;
    }
    auto seeds =
        co_await opstack::resolve_bootnodes(plan_.bootnodes, **resolver, families, loop_, loop_.now() + kNameLimit);
    discv5::CrawlOptions crawl_options;
    crawl_options.max_nodes = options_.max_nodes;
    const auto limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options_.seconds));
    crawl_options.deadline = loop_.now() + limit;
    discv5::Crawler crawler(loop_, service, families, crawl_options);
    const StopSignals signals(loop_, [&crawler] { crawler.stop(); });
    const bool terminal = isatty(STDERR_FILENO) != 0;
    CrawlProgress progress(loop_.now(), limit);
    Timer redraw(loop_, [&] {
      progress.draw(crawler, loop_.now());
      redraw.arm_in(kRedraw);
    });
    if (terminal) redraw.arm_in(kRedraw);
    co_await crawler.run(std::move(seeds));
    redraw.cancel();
    if (terminal) progress.erase();
    co_return co_await report(crawler);
  }

  Task<bool> report(const discv5::Crawler& crawler) {
    const auto nodes = chosen(crawler, plan_, options_.all);
    Agents agents;
    if (options_.agents) agents = co_await ask_agents(loop_, nodes);
    if (options_.json) {
      print_json(nodes, agents);
    } else {
      print_table(nodes, agents, options_.agents);
    }
    if (!options_.json) std::printf("%s", crawl_summary(crawler).c_str());
    if (nodes.empty()) fail(kFailed, crawler.answered() == 0 ? "nobody answered; is UDP allowed out?" : "no such node");
    co_return !nodes.empty();
  }

  Loop& loop_;
  Rng& rng_;
  const DiscoverOptions& options_;
  const Plan plan_;
};

int discover(const DiscoverOptions& options) {
  auto plan = make_plan(options);
  if (!plan) return fail(kUsage, plan.error());
  (void)log::configure(*log::parse_levels("warn"));
  ReactorLoop loop;
  SystemRng rng;
  Discover discover(loop, rng, options, std::move(*plan));
  return loop.run(discover.run());
}

}  // namespace

std::vector<Command> add_discover(CLI::App& root) {
  CLI::App* app = root.add_subcommand("discover", "Walk the network: nodes by chain, where they are, how they answer.");
  const auto options = std::make_shared<DiscoverOptions>();
  app->add_option("--network", options->network, "List nodes of this chain alone; its bootnodes are the default");
  app->add_option("--bootnodes", options->bootnodes, "Nodes to begin with: enr:… or enode://…")
      ->delimiter(',')
      ->type_name("NODE,...");
  app->add_option("--listen.ip", options->listen_ip, "IP to send from; :: for IPv6 too")->capture_default_str();
  app->add_option("--time", options->seconds, "Seconds at the most")->capture_default_str();
  app->add_option("--max", options->max_nodes, "Nodes at the most")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{200000}));
  app->add_flag("--agents", options->agents, "Ask the listed nodes over TCP which program they are");
  app->add_flag("--all", options->all, "List also nodes that did not answer");
  app->add_flag("--json", options->json, "Print one JSON object a node");
  app->footer(kFooter);
  return {{app, [options] { return discover(*options); }}};
}

}  // namespace opwire::cli
