#include "opwire/sim/discovery/startup.hpp"

#include <algorithm>
#include <cstdio>

#include "opwire/sim/discovery/search.hpp"

namespace opwire::sim {
namespace {

// How often it is looked at.
constexpr Duration kTurn = std::chrono::milliseconds(50);

StartupResult watch(KademliaNetwork& network, const Search& search, const StartupOptions& options) {
  StartupResult result;
  SimulatedLoop& loop = network.loop();
  const TimePoint start = loop.now();
  while (loop.now() - start < options.patience && !(result.known && result.connected)) {
    loop.run_for(kTurn);
    const Duration since = loop.now() - start;
    if (!result.known && search.known() >= options.wanted) {
      result.known = since;
      result.sent = search.sent();
    }
    if (!result.connected && 2 * search.connected() >= options.wanted) result.connected = since;
  }
  result.fingerprint = network.fingerprint();
  return result;
}

KademliaOptions network_of(const StartupOptions& options) {
  KademliaOptions made;
  made.seed = options.seed;
  made.nodes = options.nodes;
  made.datagrams.loss = options.loss;
  made.check_live = std::chrono::minutes(10);  // theirs is not what is measured
  made.change = [options](std::uint32_t number, discv5::ProtocolOptions& of) {
    of.announced.tcp = of.announced.udp;
    SeededRng chance(derive_seed(options.seed, 1'000'000 + number));
    if (chance.unit() < options.own_chain) {
      set_chain(of, kOwnChain);
    } else if (chance.unit() < 0.5) {
      set_chain(of, kOtherChain);
    }
  };
  return made;
}

using Time = std::optional<Duration> StartupResult::*;

/// In order; those that did not get there last, as the longest there is.
std::vector<Duration> times_of(const std::vector<StartupResult>& results, Time member) {
  std::vector<Duration> times;
  for (const StartupResult& result : results) times.push_back((result.*member).value_or(Duration::max()));
  std::ranges::sort(times);
  return times;
}

std::optional<Duration> median_of(const std::vector<StartupResult>& results, Time member) {
  const std::vector<Duration> times = times_of(results, member);
  if (times.empty() || times[times.size() / 2] == Duration::max()) return std::nullopt;
  return times[times.size() / 2];
}

std::string seconds_of(Duration time) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f s", std::chrono::duration<double>(time).count());
  return time == Duration::max() ? "never" : text;
}

std::string least_median_most(const std::vector<Duration>& times) {
  if (times.empty()) return "";
  return seconds_of(times.front()) + ", " + seconds_of(times[times.size() / 2]) + ", " + seconds_of(times.back());
}

std::string race_row(const char* name, const std::vector<StartupResult>& results) {
  std::vector<std::uint64_t> sent;
  for (const StartupResult& result : results) sent.push_back(result.sent);
  std::ranges::sort(sent);
  return std::string("| ") + name + " | " + least_median_most(times_of(results, &StartupResult::known)) + " | " +
         least_median_most(times_of(results, &StartupResult::connected)) + " | " +
         (sent.empty() ? "" : std::to_string(sent[sent.size() / 2])) + " |\n";
}

}  // namespace

StartupResult play_startup(SearchRule rule, const StartupOptions& options) {
  KademliaNetwork network(network_of(options));
  discv5::ProtocolOptions own = network.options_of(options.nodes);
  set_chain(own, kOwnChain);
  for (std::size_t i = 0; i < options.bootnodes; ++i) own.bootnodes.push_back(network.any_alive().contact());
  const auto begin = rule == SearchRule::kOpwire ? search_as_opwire : search_as_op_node;
  const auto search = begin(network, options.nodes, std::move(own), derive_seed(options.seed, 77));
  const StartupResult result = watch(network, *search, options);
  network.loop().run(search->close());
  return result;
}

StartupRace play_startup_race(const StartupOptions& options, std::size_t seeds) {
  StartupRace race;
  StartupOptions each = options;
  for (std::size_t i = 0; i < seeds; ++i, ++each.seed) {
    race.opwire.push_back(play_startup(SearchRule::kOpwire, each));
    race.op_node.push_back(play_startup(SearchRule::kOpNode, each));
  }
  return race;
}

std::string to_text(const StartupRace& race) {
  std::string text =
      "| rule | known: least, median, most | connected: least, median, most | datagrams sent |\n|---|---|---|---|\n";
  return text + race_row("opwire", race.opwire) + race_row("op-node", race.op_node);
}

double StartupRace::factor() const {
  const auto ours = median_of(opwire, &StartupResult::known);
  const auto theirs = median_of(op_node, &StartupResult::known);
  if (!ours || !theirs) return 0;
  return std::chrono::duration<double>(*theirs) / std::chrono::duration<double>(*ours);
}

}  // namespace opwire::sim
