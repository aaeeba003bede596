#include "opwire/sim/gossip_network.hpp"

#include <algorithm>
#include <cmath>

#include "opwire/crypto/hash.hpp"

namespace opwire::sim {
namespace {

constexpr auto kStartWithin = std::chrono::seconds(3);
constexpr auto kWarmUp = std::chrono::seconds(15);
constexpr auto kSecond = std::chrono::seconds(1);
// A message: its number, the verdict on it, and anything.
constexpr std::size_t kHeader = 9;
constexpr auto kLastVerdict = static_cast<std::uint8_t>(gossipsub::Verdict::kIgnore);

class Sha256Ids final : public gossipsub::MessageDecoder {
 public:
  gossipsub::Decoded decode(const gossipsub::MessageView& message) override {
    const Hash256 hash = crypto::Sha256().update(message.data).finish();
    gossipsub::Decoded decoded{gossipsub::MessageId::from(hash.view().first(20)).value(), nullptr, 0};
    return decoded;
  }
};

MeshDegrees degrees_of(std::vector<std::size_t> degrees) {
  if (degrees.empty()) return {};
  std::sort(degrees.begin(), degrees.end());
  return {degrees.front(), degrees[degrees.size() / 2], degrees.back()};
}

// Also false for what is no number.
bool lies_in(double value, double least, double most) {
  return value >= least && value <= most;
}
bool lies_in(Duration value, Duration least, Duration most) {
  return value >= least && value <= most;
}

bool is_bandwidth(std::uint64_t bytes_per_second) {
  return bytes_per_second == 0 || bytes_per_second >= 1000;
}

}  // namespace

Result<void, std::string> GossipOptions::validate() const {
  constexpr Duration kLongest = std::chrono::seconds(10);
  // What an RPC holds besides a message: its topic, and lengths.
  const std::size_t largest = gossip.max_rpc_size - std::min<std::size_t>(gossip.max_rpc_size, 1024);
  const std::pair<bool, std::string> rules[] = {
      {nodes >= 2 && nodes <= 100'000, "nodes: 2 to 100,000"},
      {degree >= 1, "degree: at least 1"},
      {lies_in(links.min_latency, {}, kLongest) && lies_in(links.max_latency, links.min_latency, kLongest),
       "latency: 0 to 10,000 ms, the least first"},
      {lies_in(links.jitter, {}, kLongest), "jitter: 0 to 10,000 ms"},
      {is_bandwidth(bandwidth.up) && is_bandwidth(bandwidth.down), "bandwidth: 0, or at least 1,000 bytes per second"},
      {message_size <= largest, "message size: at most " + std::to_string(largest) + " bytes"},
      {lies_in(message_interval, std::chrono::milliseconds(1), std::chrono::hours(1)),
       "interval between messages: 0.001 to 3,600 s"},
      {lies_in(validation, {}, kLongest), "validation: 0 to 10 s"},
      {lies_in(cuts_per_second, 0, 1000), "cuts: 0 to 1,000 per second"},
      {lies_in(churn_per_minute, 0, 60), "churn: 0 to 6,000 per cent of the nodes in a minute"},
      {lies_in(min_downtime, {}, max_downtime) && max_downtime <= std::chrono::hours(1),
       "downtime: 0 to 3,600 s, the least first"},
      {lies_in(silent_share, 0, 1), "share of silent losses: 0 to 1"},
  };
  for (const auto& [holds, rule] : rules) {
    if (!holds) return std::string(rule);
  }
  return {};
}

GossipNetwork::GossipNetwork(const GossipOptions& options)
    : options_(options),
      world_(options.seed, options.links),
      decoder_(std::make_unique<Sha256Ids>()),
      log_(options.nodes),
      messages_(std::make_unique<Scope>(world_.loop())),
      disturbances_(std::make_unique<Scope>(world_.loop())) {
  for (std::uint32_t i = 0; i < options.nodes; ++i) {
    NodeOptions chosen(i);
    chosen.station.bandwidth = options.bandwidth;
    chosen.station.swarm = options.swarm;
    chosen.gossip = options.gossip;
    const auto subscribe = [this, i](gossipsub::Service& gossip) {
      const auto joined = gossip.subscribe(
          std::string(kTopic), [this](gossipsub::MessagePtr message) { return judge(std::move(message)); },
          [this, i](const gossipsub::Message& message, const auto&) { on_message(i, message.data); });
      OPW_CHECK(joined.has_value());
    };
    nodes_.push_back(std::make_unique<Node>(world_, chosen, *decoder_, subscribe));
  }
  connect_at_random();
}

GossipNetwork::~GossipNetwork() {
  for (const auto& scope : {messages_.get(), disturbances_.get()}) {
    scope->cancel();
    world_.loop().run(scope->join());
  }
  for (const auto& node : nodes_) {
    if (node->running()) world_.loop().run(node->crash(Loss::kReset));
  }
}

void GossipNetwork::connect_at_random() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::vector<std::size_t> others;
    for (std::size_t other = 0; other < nodes_.size(); ++other) {
      if (other != i) others.push_back(other);
    }
    world_.rng().shuffle(others);
    others.resize(std::min<std::size_t>(others.size(), options_.degree));
    std::vector<Multiaddr> contacts;
    for (const std::size_t other : others) contacts.push_back(nodes_[other]->station().address());
    nodes_[i]->set_contacts(std::move(contacts));
  }
}

// The course of events.

void GossipNetwork::start() {
  started_ = world_.now();
  for (std::size_t i = 0; i < nodes_.size(); ++i) messages_->spawn(start_soon(i));
  world_.loop().run_for(kWarmUp);
  messages_->spawn(publish_regularly());
}

Task<void> GossipNetwork::start_soon(std::size_t index) {
  const auto within = static_cast<std::uint64_t>(Duration(kStartWithin).count());
  const bool waited =
      co_await sleep_for(world_.loop(), Duration(static_cast<Duration::rep>(world_.rng().below(within))));
  if (waited) nodes_[index]->start();
}

void GossipNetwork::run_for(Duration duration, const std::function<void()>& progress) {
  if (!std::exchange(disturbed_, true)) {
    if (options_.cuts_per_second > 0) disturbances_->spawn(cut_now_and_then());
    if (options_.churn_per_minute > 0) disturbances_->spawn(crash_now_and_then());
  }
  watch(duration, progress);
}

void GossipNetwork::calm(Duration duration, const std::function<void()>& progress) {
  disturbances_->cancel();
  world_.loop().run(disturbances_->join());
  disturbances_ = std::make_unique<Scope>(world_.loop());
  disturbed_ = false;
  watch(duration, progress);
}

void GossipNetwork::split(Partition how) {
  std::map<MachineId, unsigned> groups;
  const std::size_t half = nodes_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) groups.emplace(nodes_[i]->station().machine(), 1);
  world_.internet().partition(groups, how);
  if (how == Partition::kBreak) log_.on_split(half, world_.now());
}

void GossipNetwork::heal() {
  world_.internet().heal();
  log_.on_healed(world_.now());
}

void GossipNetwork::watch(Duration duration, const std::function<void()>& progress) {
  const TimePoint end = world_.now() + duration;
  while (world_.now() < end) {
    world_.loop().run_until(std::min(end, world_.now() + kSecond));
    for (const auto& node : nodes_) {
      if (!node->running() || !node->ran(world_.now() - kStays, world_.now())) continue;
      degrees_.add(node->gossip().router().mesh_peers(kTopic).size());
    }
    if (progress) progress();
  }
}

Task<bool> GossipNetwork::wait_for_chance(double per_second) {
  constexpr double kLongest = 1e9;  // beyond the end of every run, and a Duration holds it
  const double seconds = std::min(kLongest, -std::log(1 - world_.rng().unit()) / per_second);
  const auto pause = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  co_return co_await sleep_for(world_.loop(), pause);
}

Task<void> GossipNetwork::publish_regularly() {
  bool alive = true;
  while (alive) {
    if (const auto node = random_node(kStays)) publish(*node);
    alive = co_await sleep_for(world_.loop(), options_.message_interval);
  }
}

Task<void> GossipNetwork::cut_now_and_then() {
  bool alive = co_await wait_for_chance(options_.cuts_per_second);
  while (alive) {
    Internet& internet = world_.internet();
    if (const std::size_t count = internet.standing_count(); count > 0) {
      internet.cut(world_.rng().below(count), random_loss());
      ++cuts_;
    }
    alive = co_await wait_for_chance(options_.cuts_per_second);
  }
}

Task<void> GossipNetwork::crash_now_and_then() {
  const double per_second = options_.churn_per_minute * static_cast<double>(nodes_.size()) / 60;
  bool alive = co_await wait_for_chance(per_second);
  while (alive) {
    if (const auto node = random_node({})) disturbances_->spawn(crash_and_return(*node));
    alive = co_await wait_for_chance(per_second);
  }
}

Task<void> GossipNetwork::crash_and_return(std::size_t index) {
  Node& node = *nodes_[index];
  if (!node.running()) co_return;
  ++crashes_;
  co_await node.crash(random_loss());
  const auto spread = static_cast<std::uint64_t>((options_.max_downtime - options_.min_downtime).count());
  const auto more = static_cast<Duration::rep>(world_.rng().below(spread + 1));
  static_cast<void>(co_await sleep_for(world_.loop(), options_.min_downtime + Duration(more)));
  node.start();  // also when the disturbances end meanwhile
}

std::optional<std::size_t> GossipNetwork::random_node(Duration running_for) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i]->running() && nodes_[i]->ran(world_.now() - running_for, world_.now())) found.push_back(i);
  }
  if (found.empty()) return std::nullopt;
  return found[world_.rng().below(found.size())];
}

Loss GossipNetwork::random_loss() {
  return world_.rng().unit() < options_.silent_share ? Loss::kSilent : Loss::kReset;
}

// Messages.

Bytes GossipNetwork::make_message(std::size_t number, gossipsub::Verdict verdict) {
  Bytes message(std::max(options_.message_size, kHeader));
  world_.rng().fill(message);
  store_be<std::uint64_t>(message.data(), number);
  message[kHeader - 1] = static_cast<std::uint8_t>(verdict);
  return message;
}

std::size_t GossipNetwork::publish(std::size_t node) {
  const std::size_t number = log_.on_published(node, world_.now());
  const auto published = nodes_[node]->gossip().publish(std::string(kTopic), Buffer::copy_of(make_message(number)));
  OPW_CHECK(published.has_value());
  return number;
}

Task<gossipsub::Verdict> GossipNetwork::judge(gossipsub::MessagePtr message) {
  if (options_.validation > Duration::zero()) {
    const bool waited = co_await sleep_for(world_.loop(), options_.validation);
    if (!waited) co_return gossipsub::Verdict::kIgnore;
  }
  const ByteView data = message->data.view();
  const bool known = data.size() >= kHeader && data[kHeader - 1] <= kLastVerdict;
  co_return known ? static_cast<gossipsub::Verdict>(data[kHeader - 1]) : gossipsub::Verdict::kReject;
}

void GossipNetwork::on_message(std::size_t node, ByteView data) {
  const auto number = static_cast<std::size_t>(load_be<std::uint64_t>(data.data()));
  Fingerprint& fingerprint = world_.internet().fingerprint();
  fingerprint.add(world_.now());
  fingerprint.add((static_cast<std::uint64_t>(node) << 32) | number);
  log_.on_delivered(number, node, world_.now());
}

// What came of it.

std::size_t GossipNetwork::running() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const auto& n) { return n->running(); }));
}

MeshDegrees GossipNetwork::mesh_degrees() {
  std::vector<std::size_t> degrees;
  for (const auto& node : nodes_) {
    if (node->running()) degrees.push_back(node->gossip().router().mesh_peers(kTopic).size());
  }
  return degrees_of(std::move(degrees));
}

Report GossipNetwork::report() {
  Report report;
  report.delivery = log_.summarise(nodes_, world_.now());
  std::uint64_t duplicates = 0;
  std::uint64_t bytes = 0;
  for (const auto& node : nodes_) {
    const Traffic& traffic = world_.internet().traffic(node->station().machine());
    duplicates += node->duplicates();
    bytes += traffic.sent;
    report.packets += traffic.packets_sent;
  }
  const std::size_t deliveries = std::max<std::size_t>(report.delivery.in_all, 1);
  report.duplicates_per_delivery = static_cast<double>(duplicates) / static_cast<double>(deliveries);
  report.bytes_per_node = bytes / nodes_.size();
  report.cuts = cuts_;
  report.crashes = crashes_;
  report.mesh_throughout = degrees_.degrees();
  report.mesh_at_end = mesh_degrees();
  report.simulated = world_.now() - started_;
  report.fingerprint = world_.fingerprint();
  return report;
}

}  // namespace opwire::sim
