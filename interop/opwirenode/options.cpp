#include "interop/opwirenode/options.hpp"

#include <charconv>
#include <fstream>
#include <iterator>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/opstack/signer/block_signer.hpp"

namespace opwire::interop {
namespace {

using Status = Result<void, std::string>;

Status read_rollup(node::Config& config, const std::string& path) {
  std::ifstream file(path);
  if (!file) return path + ": cannot be read";
  const std::string text(std::istreambuf_iterator<char>(file), {});
  OPW_TRY(opstack::ParsedRollupConfig parsed, opstack::parse_rollup_config(text));
  config.rollup = std::move(parsed.config);
  return {};
}

Status add_static_peers(node::Config& config, const std::string& list) {
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    auto address = Multiaddr::parse_text(std::string_view(list).substr(begin, end - begin));
    if (!address) return "--static: " + address.error().message();
    config.static_peers.push_back(std::move(*address));
    begin = end + 1;
  }
  return {};
}

node::DiscoveryConfig& discovery_of(node::Config& config) {
  if (!config.discovery) config.discovery.emplace().listen = net::Endpoint(ByteArray<4>{127, 0, 0, 1}, 0);
  return *config.discovery;
}

Status add_bootnodes(node::DiscoveryConfig& config, const std::string& list) {
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    OPW_TRY(opstack::Bootnode bootnode, opstack::parse_bootnode(std::string_view(list).substr(begin, end - begin)));
    config.bootnodes.push_back(std::move(bootnode));
    begin = end + 1;
  }
  return {};
}

Status set_number(node::Config& config, const std::string& flag, const std::string& value) {
  const bool seconds = flag == "--timestamp-threshold";
  std::size_t* const size = flag == "--peers-lo"   ? &config.peers.lo
                            : flag == "--peers-hi" ? &config.peers.hi
                            : flag == "--mesh-hi"  ? &config.gossip.mesh_hi
                                                   : nullptr;
  if (!seconds && size == nullptr) return "unknown flag " + flag;
  unsigned number = 0;
  if (std::from_chars(value.data(), value.data() + value.size(), number).ptr != value.data() + value.size()) {
    return flag + ": '" + value + "' is no number" + (seconds ? " of seconds" : "");
  }
  if (seconds) return config.gossip.timestamp_threshold = std::chrono::seconds(number), Status();
  return *size = number, Status();
}

Status set(node::Config& config, const std::string& flag, const std::string& value) {
  if (flag == "--rollup-config") return read_rollup(config, value);
  if (flag == "--static") return add_static_peers(config, value);
  if (flag == "--bootnodes") return add_bootnodes(discovery_of(config), value);
  if (flag == "--sequencer-key") return config.sequencer_key = value, Status();
  if (flag == "--signer") {
    const auto signer = codec::from_hex_as<Address>(value);
    if (!signer) return "--signer: '" + value + "' is no address";
    return config.unsafe_block_signer = *signer, Status();
  }
  if (flag == "--l2") {
    auto url = http::parse_url(value);
    if (!url) return "--l2: " + url.error().message();
    return config.driver.emplace().engine.emplace().url = std::move(*url), Status();
  }
  return set_number(config, flag, value);
}

constexpr double kNoLimit = 1e9;  // questions a second

bool set(node::Config& config, const std::string& flag) {
  if (flag == "--discovery") return discovery_of(config), true;
  opstack::ServerOptions& server = config.sync_server;
  if (flag == "--serve-freely")
    return server.rate = server.burst = server.rate_per_peer = server.burst_per_peer = kNoLimit, true;
  if (flag == "--ask-freely") return config.sync_client.peers.rate = config.sync_client.peers.burst = kNoLimit, true;
  return false;
}

}  // namespace

Result<node::Config, std::string> parse_node_options(int argc, char** argv) {
  SystemRng rng;
  node::Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
  config.listen.push_back(Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value());
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (set(config, flag)) continue;
    if (i + 1 == argc) return flag + " needs a value";
    OPW_TRYV(set(config, flag, argv[++i]));
  }
  if (config.rollup.l2_chain_id == ChainId{}) return std::string("--rollup-config is needed");
  if (config.sequencer_key) {
    const auto signer = opstack::LocalSigner::from_hex(config.rollup.l2_chain_id, *config.sequencer_key);
    if (!signer) return "--sequencer-key: " + signer.error().message();
    if (config.unsafe_block_signer.is_zero()) config.unsafe_block_signer = signer->address();
  }
  config.chain_name = "interop";
  return config;
}

}  // namespace opwire::interop
