#include "opwire/sim/discovery/startup.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "opwire/sim/discovery/dials.hpp"
#include "opwire/sim/discovery/random_walk.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// ENR entries "opstack" of chain 10 and chain 8453: the chain and the version as varints.
const Bytes kOwnChain{0x0a, 0x00}, kOtherChain{0x85, 0x42, 0x00};
constexpr const char* kEntry = "opstack";
// How often a model looks whether it may go on.
constexpr Duration kTurn = milliseconds(50);

bool is_own_chain(const discv5::NodeRecord& record) {
  const auto value = record.find_bytes(kEntry);
  return value && equal(*value, kOwnChain);
}

/// What both rules share: the newcomer, whom it knows, whom it is connected to.
class Newcomer {
 public:
  Newcomer(KademliaNetwork& in, const StartupOptions& options, const DialOptions& dial_options)
      : network(in), rng(derive_seed(options.seed, 77)), dials(in.loop(), rng, dial_options), scope(in.loop()) {
    discv5::ProtocolOptions own = network.options_of(options.nodes);
    own.entries[kEntry] = kOwnChain;
    for (std::size_t i = 0; i < options.bootnodes; ++i) own.bootnodes.push_back(network.any_alive().contact());
    node = network.newcomer(options.nodes, std::move(own));
    start = network.loop().now();
  }

  /// True when it is a new one of the chain.
  bool learn(const discv5::NodeRecord& record) { return is_own_chain(record) && known.insert(record.id()).second; }

  KademliaNetwork& network;
  SeededRng rng;
  Dials dials;
  std::unique_ptr<CoreNode> node;
  TimePoint start;
  std::set<discv5::NodeId> known;
  Scope scope;
};

// opwire.

Task<void> lookups_of_random_targets(Newcomer& newcomer) {
  constexpr Duration kFirstPause = milliseconds(500), kLongestPause = seconds(20);
  Duration pause = kFirstPause;
  while (true) {
    const std::size_t before = newcomer.known.size();
    const auto ended = std::make_shared<bool>(false);
    discv5::NodeId target;
    newcomer.rng.fill(target.bytes);
    newcomer.node->lookup(target, [ended](const Result<discv5::LookupResult>&, TimePoint) { *ended = true; });
    while (!*ended) {
      if (!co_await sleep_for(newcomer.network.loop(), kTurn)) co_return;
    }
    pause = newcomer.known.size() > before ? kFirstPause : std::min(2 * pause, kLongestPause);
    if (!co_await sleep_for(newcomer.network.loop(), pause)) co_return;
  }
}

Task<void> dial_whoever_is_known(Newcomer& newcomer) {
  std::map<discv5::NodeId, TimePoint> due;  // when it is dialled again
  while (co_await sleep_for(newcomer.network.loop(), kTurn)) {
    const TimePoint now = newcomer.network.loop().now();
    for (const discv5::NodeId& peer : newcomer.known) {
      if (newcomer.dials.is_connected(peer) || now < due[peer]) continue;
      if (!newcomer.dials.push(peer)) break;
      due[peer] = now + seconds(30);
    }
  }
}

void play_opwire(Newcomer& newcomer) {
  newcomer.node->set_record_handler([&](const discv5::RecordPtr& record) { newcomer.learn(*record); });
  newcomer.scope.spawn(lookups_of_random_targets(newcomer));
  newcomer.scope.spawn(dial_whoever_is_known(newcomer));
}

// op-node.

constexpr std::size_t kFoundBuffer = 3;

/// Nodes on their way to op-node's main loop.
using Found = Mailbox<discv5::RecordPtr>;

Task<bool> hand_over(Loop& loop, Found& found, discv5::RecordPtr record) {
  while (!found.push(record)) {
    if (!co_await sleep_for(loop, kTurn)) co_return false;
  }
  co_return true;
}

Task<void> feed_table_once(Newcomer& newcomer, Found& found) {
  Loop& loop = newcomer.network.loop();
  if (!co_await sleep_for(loop, seconds(3))) co_return;
  const std::vector<discv5::Contact> nodes = newcomer.node->protocol().table().all();
  for (const discv5::Contact& contact : nodes) {
    if (!is_own_chain(*contact.record)) continue;
    if (!co_await hand_over(loop, found, contact.record)) co_return;
  }
}

Task<void> walk(Newcomer& newcomer, RandomWalk& nodes, Found& found) {
  Loop& loop = newcomer.network.loop();
  TimePoint tick = loop.now();
  while (true) {
    tick = std::max(tick + seconds(5), loop.now());
    if (!co_await sleep_until(loop, tick)) co_return;
    discv5::RecordPtr record;
    do {
      record = co_await nodes.next();
      if (!record) co_return;
    } while (!is_own_chain(*record));
    if (!co_await hand_over(loop, found, record)) co_return;
  }
}

/// Whoever is known and not connected is dialled; nothing else happens meanwhile, for half a minute at most.
Task<bool> schedule_dials(Newcomer& newcomer) {
  Loop& loop = newcomer.network.loop();
  const TimePoint end = loop.now() + seconds(30);
  std::vector<discv5::NodeId> peers(newcomer.known.begin(), newcomer.known.end());
  newcomer.rng.shuffle(peers);
  for (const discv5::NodeId& peer : peers) {
    if (newcomer.dials.is_connected(peer)) continue;
    while (!newcomer.dials.push(peer)) {
      if (loop.now() >= end) co_return true;
      if (!co_await sleep_for(loop, kTurn)) co_return false;
    }
  }
  co_return true;
}

Task<void> take_and_connect(Newcomer& newcomer, Found& found) {
  Loop& loop = newcomer.network.loop();
  TimePoint tick = loop.now() + seconds(5);
  while (true) {
    while (found.size() > 0) {
      const std::optional<discv5::RecordPtr> record = co_await found.pop();
      if (!record) co_return;
      newcomer.learn(**record);
    }
    if (loop.now() >= tick) {
      if (!co_await schedule_dials(newcomer)) co_return;
      tick = std::max(tick + seconds(5), loop.now());
    }
    if (!co_await sleep_for(loop, kTurn)) co_return;
  }
}

StartupResult watch(Newcomer& newcomer, const StartupOptions& options) {
  StartupResult result;
  SimulatedLoop& loop = newcomer.network.loop();
  while (loop.now() - newcomer.start < options.patience && !(result.known && result.connected)) {
    loop.run_for(kTurn);
    const Duration since = loop.now() - newcomer.start;
    if (!result.known && newcomer.known.size() >= options.wanted) {
      result.known = since;
      result.sent = newcomer.node->protocol().stats().sent;
    }
    if (!result.connected && 2 * newcomer.dials.connected() >= options.wanted) result.connected = since;
  }
  result.fingerprint = newcomer.network.fingerprint();
  return result;
}

KademliaOptions network_of(const StartupOptions& options) {
  KademliaOptions made;
  made.seed = options.seed;
  made.nodes = options.nodes;
  made.datagrams.loss = options.loss;
  made.check_live = std::chrono::minutes(10);  // theirs is not what is measured
  made.change = [options](std::uint32_t number, discv5::ProtocolOptions& of) {
    SeededRng chance(derive_seed(options.seed, 1'000'000 + number));
    if (chance.unit() < options.own_chain) {
      of.entries[kEntry] = kOwnChain;
    } else if (chance.unit() < 0.5) {
      of.entries[kEntry] = kOtherChain;
    }
  };
  return made;
}

Task<void> end(Newcomer& newcomer) {
  newcomer.scope.cancel();
  co_await newcomer.scope.join();
  co_await newcomer.dials.close();
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
  DialOptions dial_options;
  if (rule == SearchRule::kOpwire) dial_options.workers = 8;
  Newcomer newcomer(network, options, dial_options);
  RandomWalk nodes(network.loop(), *newcomer.node, newcomer.rng);
  Found found(network.loop(), kFoundBuffer);
  newcomer.node->start();
  if (rule == SearchRule::kOpwire) {
    play_opwire(newcomer);
  } else {
    newcomer.scope.spawn(feed_table_once(newcomer, found));
    newcomer.scope.spawn(walk(newcomer, nodes, found));
    newcomer.scope.spawn(take_and_connect(newcomer, found));
  }
  const StartupResult result = watch(newcomer, options);
  network.loop().run(end(newcomer));
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
