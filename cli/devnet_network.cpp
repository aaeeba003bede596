#include "cli/devnet_network.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/engine/genesis_json.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/rpc/make_caller.hpp"

namespace opwire::cli {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(5);
constexpr auto kLastWait = std::chrono::seconds(1);
// Each follower dials this many nodes before it: enough for a mesh, few enough that blocks take several hops.
constexpr std::size_t kDials = 2;
// So that blocks that come faster than one a second are not ahead of their time for long: peers serve none that is.
constexpr std::uint64_t kGenesisAge = 24 * 3600;
constexpr ByteArray<4> kLoopback{127, 0, 0, 1};

std::uint64_t whole_seconds(Duration duration) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(duration).count()));
}

}  // namespace

void FollowerRecord::on_block(const opstack::AcceptedBlock& block) {
  const opstack::ExecutionPayload& payload = block.envelope.payload;
  ++count;
  last_block = std::max(last_block, payload.number.value);
  wire_bytes += block.wire_size;
  const auto found = std::find_if(published_.newest.rbegin(), published_.newest.rend(),
                                  [&](const auto& published) { return published.hash == payload.block_hash; });
  if (found == published_.newest.rend()) return;
  latencies.push_back(loop_.now() - found->at);
  if (latencies.size() > PublishedBlocks::kRemembered) latencies.pop_front();
}

void Cable::cut(Network& network) {
  is_cut_ = true;
  for (const PeerId& peer : network.connected_peers()) network.disconnect(peer);
}

std::uint64_t DevnetFollower::head() const {
  const auto chain = node ? node->chain().status() : std::nullopt;
  return chain && chain->heads.head ? chain->heads.head->number.value : 0;
}

Result<void, std::string> DevnetNetwork::start_bootnode() {
  auto socket = net::bind_udp(loop_, net::Endpoint(kLoopback, 0), discv5::kMaxPacket);
  if (!socket) return "--discovery: " + socket.error().message();
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
  discv5::ProtocolOptions options(to_bytes(key.data()));
  options.announced.ip4 = kLoopback;
  options.announced.udp = (*socket)->local().port;
  auto service = discv5::Service::make(loop_, rng_, std::move(*socket), std::move(options));
  if (!service) return "--discovery: " + service.error().message();
  bootnode_ = std::move(*service);
  bootnode_->start();
  return {};
}

std::string DevnetNetwork::bootnode() const {
  return bootnode_ ? bootnode_->local_record().to_text() : "";
}

node::Config DevnetNetwork::make_config() {
  node::Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
  config.chain_name = "devnet";
  config.rollup = rollup_;
  config.unsafe_block_signer = signer_;
  config.listen = {Multiaddr::ip_tcp(kLoopback, 0)};
  config.driver.emplace().from_genesis = true;
  if (options_.discovery) {
    config.discovery.emplace().listen = net::Endpoint(kLoopback, 0);
    config.discovery->bootnodes.push_back(opstack::parse_bootnode(bootnode()).value());
    return config;
  }
  const std::size_t dials = std::min(addresses_.size(), kDials);
  config.static_peers.assign(addresses_.end() - static_cast<std::ptrdiff_t>(dials), addresses_.end());
  return config;
}

Task<Result<void, std::string>> DevnetNetwork::start(WorkerPool& pool, const DevnetOptions& options) {
  pool_ = &pool;
  options_ = options;
  const std::uint64_t genesis_time = unix_seconds(loop_.wall_now()) - kGenesisAge;
  rollup_ = node::make_devnet_config(options.fork, whole_seconds(options.block_time), genesis_time);
  const auto signer = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
  signer_ = crypto::ethereum_address(signer.public_key().data()).value();
  if (options.discovery) OPW_CO_TRYV(start_bootnode());
  OPW_CO_TRYV(co_await add_sequencer(signer));
  for (std::size_t i = 1; i <= options.followers; ++i) add_follower("follower " + std::to_string(i));
  if (options.cut_off > 0) {
    cut_off_ = &add_follower("cut off");
    cut_off_->is_disturbed = true;
  }
  for (DevnetFollower& follower : followers_) OPW_CO_TRYV(co_await join(follower));
  if (options.late > 0) {
    late_ = &add_follower("late");
    late_->is_disturbed = true;
  }
  co_return Result<void, std::string>();
}

Task<Result<void, std::string>> DevnetNetwork::add_sequencer(const crypto::PrivateKey& signer) {
  node::Config config = make_config();
  config.sequencer_key = codec::to_hex(signer.data());
  OPW_CO_TRYV(co_await give_engine("sequencer", config, sequencer_engine_));
  OPW_CO_TRYV(co_await make_builder(config));
  OPW_CO_TRY(sequencer_, node::Node::make(loop_, *pool_, std::move(config)));
  addresses_.push_back(sequencer_->host().addresses().front());
  co_return co_await sequencer_->start();
}

Task<Result<void, std::string>> DevnetNetwork::give_engine(const std::string& name, node::Config& config,
                                                           std::unique_ptr<EngineProcess>& engine) {
  if (options_.engine.empty()) co_return Result<void, std::string>();
  if (!folder_) folder_.emplace();
  const std::string genesis = opstack::to_engine_genesis(rollup_, {});
  const auto job = [this, &name, &genesis] {
    return EngineProcess::start(options_.engine, folder_->path() / name, genesis);
  };
  auto started = co_await pool_->run(loop_, job);
  if (!started) co_return "--engine: " + started.error().message();
  OPW_CO_TRY(engine, std::move(*started));
  const auto up = co_await engine->wait_until_up(loop_);
  if (!up) co_return "--engine: " + name + ": " + up.error();
  config.driver->engine = engine->config();
  co_return Result<void, std::string>();
}

Task<Result<void, std::string>> DevnetNetwork::make_builder(node::Config& config) {
  if (!sequencer_engine_) {
    builder_ = std::make_unique<node::BlockBuilder>(rollup_, options_.transactions, options_.transaction_size, rng_);
    co_return Result<void, std::string>();
  }
  rpc::CallerOptions options;
  options.jwt = sequencer_engine_->config().jwt;
  auto caller = rpc::make_caller(loop_, sequencer_engine_->config().url, nullptr, rng_, options);
  if (!caller) co_return "--engine: " + caller.error().message();
  engine_builder_ = std::make_unique<EngineBuilder>(loop_, std::move(*caller), rollup_);
  const auto adopted = co_await engine_builder_->adopt_genesis();
  if (!adopted) co_return "--engine: " + adopted.error().message();
  config.rollup = rollup_;
  co_return Result<void, std::string>();
}

Task<Result<opstack::Envelope, std::string>> DevnetNetwork::build() {
  const std::uint64_t now = unix_seconds(loop_.wall_now());
  if (builder_) co_return builder_->next(now);
  auto built = co_await engine_builder_->next(now);
  if (!built) co_return "building a block: " + built.error().message();
  co_return std::move(*built);
}

DevnetFollower& DevnetNetwork::add_follower(std::string name) {
  return followers_.emplace_back(std::move(name), loop_, published_);
}

Task<Result<void, std::string>> DevnetNetwork::join(DevnetFollower& follower) {
  node::Config config = make_config();
  config.gater = &follower.cable;
  OPW_CO_TRYV(co_await give_engine(follower.name, config, follower.engine));
  OPW_CO_TRY(follower.node, node::Node::make(loop_, *pool_, std::move(config)));
  addresses_.push_back(follower.node->host().addresses().front());
  follower.node->add_sink(follower.record);
  co_return co_await follower.node->start();
}

Task<void> DevnetNetwork::mend(DevnetFollower& follower) {
  follower.cable.mend();
  for (const Multiaddr& address : follower.node->config().static_peers) {
    (void)co_await follower.node->host().connect(address);
  }
}

Task<Result<void, std::string>> DevnetNetwork::change_members() {
  if (late_ != nullptr && published_.count == options_.late) OPW_CO_TRYV(co_await join(*late_));
  if (cut_off_ != nullptr && published_.count == kCutOffAfter) cut_off_->cable.cut(cut_off_->node->host().network());
  if (cut_off_ != nullptr && published_.count == kCutOffAfter + options_.cut_off) co_await mend(*cut_off_);
  co_return Result<void, std::string>();
}

std::string DevnetNetwork::topic() const {
  return opstack::BlockTopics(rollup_.l2_chain_id).name(rollup_.forks.payload_version(unix_seconds(loop_.wall_now())));
}

void DevnetNetwork::stop_waiting() {
  stop_by_ = loop_.now() + kLastWait;
}

Task<bool> DevnetNetwork::wait_for_mesh(Duration limit) {
  const TimePoint end = loop_.now() + limit;
  const std::string name = topic();
  const auto has_mesh = [&name](const DevnetFollower& each) {
    return !each.node || each.node->status().mesh.at(name) > 0;
  };
  while (sequencer_->status().mesh.at(name) == 0 || !std::ranges::all_of(followers_, has_mesh)) {
    if (loop_.now() >= std::min(end, stop_by_)) co_return false;
    const bool slept = co_await sleep_for(loop_, kPoll);
    if (!slept) co_return false;
  }
  co_return true;
}

Task<Result<void, std::string>> DevnetNetwork::publish_block() {
  OPW_CO_TRY(opstack::Envelope block, co_await build());
  ++published_.count;
  published_.newest.push_back({block.payload.number.value, block.payload.block_hash, loop_.now()});
  if (published_.newest.size() > PublishedBlocks::kRemembered) published_.newest.pop_front();
  const Result<void> published = co_await sequencer().publish(std::move(block));
  if (!published) co_return "publishing: " + published.error().message();
  co_return co_await change_members();
}

Task<bool> DevnetNetwork::wait_for_followers(Duration limit) {
  const TimePoint end = loop_.now() + limit;
  const auto is_there = [this](const DevnetFollower& each) {
    return each.head() == published_.count || (each.is_disturbed && stop_by_ != TimePoint::max());
  };
  while (!std::ranges::all_of(followers_, is_there)) {
    if (loop_.now() >= std::min(end, stop_by_)) co_return false;
    const bool slept = co_await sleep_for(loop_, kPoll);
    if (!slept) co_return false;
  }
  co_return true;
}

std::size_t DevnetNetwork::up_to_date() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      followers_, [this](const DevnetFollower& each) { return each.head() == published_.count; }));
}

Task<void> DevnetNetwork::close() {
  if (sequencer_) co_await sequencer_->close();
  for (DevnetFollower& follower : followers_) {
    if (follower.node) co_await follower.node->close();
  }
  if (bootnode_) co_await bootnode_->close();
  if (engine_builder_) co_await engine_builder_->close();
  Scope stopping(loop_);  // op-geth takes its time: all at once
  if (sequencer_engine_) stopping.spawn(sequencer_engine_->stop(loop_));
  for (DevnetFollower& follower : followers_) {
    if (follower.engine) stopping.spawn(follower.engine->stop(loop_));
  }
  co_await stopping.join();
}

std::optional<std::string> DevnetNetwork::dead_engine() {
  const auto look = [](const std::string& name, EngineProcess* engine) -> std::optional<std::string> {
    const auto death = engine != nullptr ? engine->death() : std::nullopt;
    return death ? std::optional("--engine: " + name + ": " + *death) : std::nullopt;
  };
  auto dead = look("sequencer", sequencer_engine_.get());
  for (DevnetFollower& follower : followers_) {
    if (!dead) dead = look(follower.name, follower.engine.get());
  }
  return dead;
}

}  // namespace opwire::cli
