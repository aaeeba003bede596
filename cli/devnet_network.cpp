#include "cli/devnet_network.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::cli {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(5);
constexpr auto kLastWait = std::chrono::seconds(1);
// Each follower dials this many nodes before it: enough for a mesh, few enough that blocks take several hops.
constexpr std::size_t kDials = 2;
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

node::Config DevnetNetwork::make_config(const opstack::RollupConfig& rollup, bool discovery) {
  node::Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
  config.chain_name = "devnet";
  config.rollup = rollup;
  config.listen = {Multiaddr::ip_tcp(kLoopback, 0)};
  if (discovery) {
    config.discovery.emplace().listen = net::Endpoint(kLoopback, 0);
    config.discovery->bootnodes.push_back(opstack::parse_bootnode(bootnode()).value());
    return config;
  }
  for (std::size_t back = 1; back <= std::min(nodes_.size(), kDials); ++back) {
    config.static_peers.push_back(nodes_[nodes_.size() - back]->host().addresses().front());
  }
  return config;
}

Task<Result<void, std::string>> DevnetNetwork::start(WorkerPool& pool, const DevnetOptions& options) {
  const auto rollup =
      node::make_devnet_config(options.fork, whole_seconds(options.block_time), unix_seconds(loop_.wall_now()));
  const auto signer = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
  builder_ = std::make_unique<node::BlockBuilder>(rollup, options.transactions, options.transaction_size, rng_);
  if (options.discovery) OPW_CO_TRYV(start_bootnode());
  for (std::size_t i = 0; i <= options.followers; ++i) {
    node::Config config = make_config(rollup, options.discovery);
    config.unsafe_block_signer = crypto::ethereum_address(signer.public_key().data()).value();
    if (i == 0) config.sequencer_key = codec::to_hex(signer.data());
    OPW_CO_TRY(auto node, node::Node::make(loop_, pool, std::move(config)));
    if (i > 0) node->add_sink(*records_.emplace_back(std::make_unique<FollowerRecord>(loop_, published_)));
    nodes_.push_back(std::move(node));
    OPW_CO_TRYV(co_await nodes_.back()->start());
  }
  co_return Result<void, std::string>();
}

std::string DevnetNetwork::topic() const {
  const auto& config = rollup();
  return opstack::BlockTopics(config.l2_chain_id).name(config.forks.payload_version(unix_seconds(loop_.wall_now())));
}

void DevnetNetwork::stop_waiting() {
  stop_by_ = loop_.now() + kLastWait;
}

Task<bool> DevnetNetwork::wait_for_mesh(Duration limit) {
  const TimePoint end = loop_.now() + limit;
  const std::string name = topic();
  const auto has_mesh = [&name](const auto& node) { return node->status().mesh.at(name) > 0; };
  while (!std::all_of(nodes_.begin(), nodes_.end(), has_mesh)) {
    if (loop_.now() >= std::min(end, stop_by_)) co_return false;
    const bool slept = co_await sleep_for(loop_, kPoll);
    if (!slept) co_return false;
  }
  co_return true;
}

Task<Result<void>> DevnetNetwork::publish_block() {
  opstack::Envelope block = builder_->next(unix_seconds(loop_.wall_now()));
  ++published_.count;
  published_.newest.push_back({block.payload.number.value, block.payload.block_hash, loop_.now()});
  if (published_.newest.size() > PublishedBlocks::kRemembered) published_.newest.pop_front();
  co_return co_await sequencer().publish(std::move(block));
}

Task<bool> DevnetNetwork::wait_for_followers(Duration limit) {
  const TimePoint end = loop_.now() + limit;
  const auto has_all = [this](const auto& record) { return record->count == published_.count; };
  while (!std::all_of(records_.begin(), records_.end(), has_all)) {
    if (loop_.now() >= std::min(end, stop_by_)) co_return false;
    const bool slept = co_await sleep_for(loop_, kPoll);
    if (!slept) co_return false;
  }
  co_return true;
}

Task<void> DevnetNetwork::close() {
  for (auto& node : nodes_) co_await node->close();
  if (bootnode_) co_await bootnode_->close();
}

}  // namespace opwire::cli
