#include "cli/run_options.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "opwire/base/check.hpp"
#include "opwire/node/key_file.hpp"

namespace opwire::cli {
namespace {

using Given = std::map<std::string, std::vector<std::string>>;

constexpr const char* kPeer = "/ip4/127.0.0.1/tcp/9222/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA";
constexpr const char* kEnode =
    "enode://ca2774c3c401325850b2477fd7d0f27911efbf79b1e8b335066516e2bd8c4c9e0ba9696a94b1cb030a88eac582305ff55e905e64fb"
    "77fe0edcd70a4e5296d3ec@34.65.175.185:30305";
// EIP-778's example.
constexpr const char* kRecord =
    "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8A"
    "AAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8";
// EIP-1459's example.
constexpr const char* kTree = "enrtree://AM5FCQLWIZX2QFPNJAP7VUERCCRNGRHWZG3YYHIUV7BVDQ5FDPRT2@nodes.example.org";
constexpr const char* kKey = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";

class RunOptions : public testing::Test {
 protected:
  RunOptions() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-run-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~RunOptions() override { std::filesystem::remove_all(folder_); }

  static FlagValues flags(const Given& given) { return load_flags(given, {}).value().values; }
  Result<node::Config, std::string> config(Given given) {
    given.try_emplace("network", std::vector<std::string>{"op-sepolia"});
    const FlagValues values = flags(given);
    OPW_TRY(const ChosenChain chain, choose_chain(values));
    return make_config(values, chain, node::parse_key_hex(kKey).value());
  }
  Result<node::Config, std::string> config_of(const Environment& environment) {
    const FlagValues values = load_flags({}, environment).value().values;
    OPW_TRY(const ChosenChain chain, choose_chain(values));
    return make_config(values, chain, node::parse_key_hex(kKey).value());
  }
  void expect_error(const Given& given, const std::string& part) {
    const auto made = config(given);
    ASSERT_FALSE(made) << part;
    EXPECT_NE(made.error().find(part), std::string::npos) << made.error();
    EXPECT_EQ(made.error().find('\n'), std::string::npos);
  }

  std::filesystem::path folder_;
  SeededRng rng_{1};
};

TEST_F(RunOptions, DefaultsMakeAnOpNode) {
  const auto made = config({});
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->rollup.l2_chain_id.value, 11155420u);
  EXPECT_FALSE(made->unsafe_block_signer.is_zero());
  EXPECT_EQ(made->agent, "optimism");
  ASSERT_EQ(made->listen.size(), 1u);
  EXPECT_EQ(made->listen[0].to_string(), "/ip4/0.0.0.0/tcp/9222");
  EXPECT_EQ(made->gossip.mesh_d, 8u);
  EXPECT_EQ(made->gossip.mesh_hi, 12u);
  EXPECT_TRUE(made->ping);
  EXPECT_FALSE(made->sequencer_key);
  ASSERT_TRUE(made->discovery);
  EXPECT_EQ(made->discovery->listen.to_string(), "0.0.0.0:0");
  EXPECT_EQ(made->discovery->bootnodes.size(), opstack::default_bootnodes(ChainId{11155420}).size());
  EXPECT_TRUE(made->discovery->dns_trees.empty());
  EXPECT_EQ(made->discovery->database, "opnode_discovery_db");
  EXPECT_FALSE(made->discovery->reset_damaged);
  EXPECT_EQ(made->discovery->advertise_host, "");
  EXPECT_TRUE(made->discovery->netrestrict.empty());
}

TEST_F(RunOptions, DiscoveryFlagsReachTheConfig) {
  const auto made = config({{"p2p.listen.ip", {"127.0.0.1"}},
                            {"p2p.listen.udp", {"2000"}},
                            {"p2p.bootnodes", {kEnode, std::string(kRecord) + "," + kEnode}},
                            {"p2p.dns-tree", {kTree}},
                            {"p2p.advertise.ip", {"node.example"}},
                            {"p2p.advertise.tcp", {"3000"}},
                            {"p2p.advertise.udp", {"4000"}},
                            {"p2p.netrestrict", {"10.0.0.0/8, fd00::/8"}},
                            {"p2p.discovery.path", {"here/db"}},
                            {"p2p.discovery.reset-damaged", {"true"}}});
  ASSERT_TRUE(made) << made.error();
  const node::DiscoveryConfig& discovery = made->discovery.value();
  EXPECT_EQ(discovery.listen.to_string(), "127.0.0.1:2000");
  ASSERT_EQ(discovery.bootnodes.size(), 3u);
  EXPECT_EQ(discovery.bootnodes[0].enode->to_text(), kEnode);
  EXPECT_EQ(discovery.bootnodes[1].record->to_text(), kRecord);
  ASSERT_EQ(discovery.dns_trees.size(), 1u);
  EXPECT_EQ(discovery.advertise_host, "node.example");
  EXPECT_EQ(discovery.advertise_tcp, 3000);
  EXPECT_EQ(discovery.advertise_udp, 4000);
  EXPECT_TRUE(discovery.netrestrict.contains(ByteArray<4>{10, 1, 2, 3}));
  EXPECT_FALSE(discovery.netrestrict.contains(ByteArray<4>{11, 1, 2, 3}));
  EXPECT_EQ(discovery.database, "here/db");
  EXPECT_TRUE(discovery.reset_damaged);
}

TEST_F(RunOptions, DiscoveryTakesOpNodesVariables) {
  const Environment environment{{"OP_NODE_NETWORK", "op-sepolia"},
                                {"OP_NODE_P2P_BOOTNODES", kEnode},
                                {"OP_NODE_P2P_ADVERTISE_IP", "203.0.113.7"},
                                {"OP_NODE_P2P_ADVERTISE_TCP", "3000"},
                                {"OP_NODE_P2P_ADVERTISE_UDP", "4000"},
                                {"OP_NODE_P2P_LISTEN_UDP_PORT", "2000"},
                                {"OP_NODE_P2P_NETRESTRICT", "10.0.0.0/8"},
                                {"OP_NODE_P2P_DISCOVERY_PATH", "memory"},
                                {"OPWIRE_P2P_DNS_TREE", kTree},
                                {"OPWIRE_P2P_DISCOVERY_RESET_DAMAGED", "true"}};
  const auto made = config_of(environment);
  ASSERT_TRUE(made) << made.error();
  const node::DiscoveryConfig& discovery = made->discovery.value();
  EXPECT_EQ(discovery.bootnodes.size(), 1u);
  EXPECT_EQ(discovery.advertise_host, "203.0.113.7");
  EXPECT_EQ(discovery.advertise_tcp, 3000);
  EXPECT_EQ(discovery.advertise_udp, 4000);
  EXPECT_EQ(discovery.listen.port, 2000);
  EXPECT_FALSE(discovery.netrestrict.empty());
  EXPECT_EQ(discovery.database, "");
  EXPECT_EQ(discovery.dns_trees.size(), 1u);
  EXPECT_TRUE(discovery.reset_damaged);
  const auto wrong = config_of({{"OP_NODE_NETWORK", "op-sepolia"}, {"OP_NODE_P2P_BOOTNODES", "x"}});
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error().starts_with("OP_NODE_P2P_BOOTNODES: 'x'")) << wrong.error();
  EXPECT_FALSE(config_of({{"OP_NODE_NETWORK", "op-sepolia"}, {"OP_NODE_P2P_NO_DISCOVERY", "true"}})->discovery);
}

TEST_F(RunOptions, WithoutDiscoveryItsFlagsDoNotMatter) {
  const auto made = config({{"p2p.no-discovery", {"true"}}, {"p2p.bootnodes", {"x"}}, {"p2p.netrestrict", {"y"}}});
  ASSERT_TRUE(made) << made.error();
  EXPECT_FALSE(made->discovery);
}

TEST_F(RunOptions, EmptyDiscoveryValuesAreTheDefaults) {
  const auto made = config({{"p2p.bootnodes", {""}}, {"p2p.discovery.path", {""}}, {"p2p.netrestrict", {""}}});
  ASSERT_TRUE(made) << made.error();
  EXPECT_GT(made->discovery->bootnodes.size(), 10u);
  EXPECT_EQ(made->discovery->database, "opnode_discovery_db");
  EXPECT_EQ(config({{"p2p.discovery.path", {"memory"}}})->discovery->database, "") << "in memory";
}

TEST_F(RunOptions, DiscoveryErrorsNameTheFlag) {
  expect_error({{"p2p.bootnodes", {"1.2.3.4:5"}}}, "--p2p.bootnodes: '1.2.3.4:5': neither a node record");
  expect_error({{"p2p.bootnodes", {"enr:abc"}}}, "--p2p.bootnodes: 'enr:abc': ");
  expect_error({{"p2p.dns-tree", {"enrtree://x"}}}, "--p2p.dns-tree: 'enrtree://x': ");
  expect_error({{"p2p.netrestrict", {"10.0.0.0/8,home"}}}, "--p2p.netrestrict: ");
}

TEST_F(RunOptions, FlagsReachTheConfig) {
  const auto made = config({{"p2p.listen.ip", {"::1"}},
                            {"p2p.listen.tcp", {"0"}},
                            {"p2p.static", {kPeer, std::string(" ") + kPeer}},
                            {"p2p.useragent", {"me"}},
                            {"p2p.timeout.dial", {"3s"}},
                            {"p2p.ping", {"false"}},
                            {"p2p.peers.lo", {"5"}},
                            {"p2p.peers.hi", {"50"}},
                            {"p2p.peers.grace", {"1m"}},
                            {"p2p.sequencer.key", {kKey}},
                            {"p2p.unsafe.block.signer", {"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}},
                            {"p2p.gossip.mesh.d", {"10"}},
                            {"p2p.gossip.mesh.lo", {"7"}},
                            {"p2p.gossip.mesh.dhi", {"20"}},
                            {"p2p.gossip.mesh.dlazy", {"5"}},
                            {"p2p.gossip.mesh.floodpublish", {"true"}},
                            {"p2p.gossip.timestamp.threshold", {"2m"}},
                            {"override.karst", {"99"}}});
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->listen[0].to_string(), "/ip6/::1/tcp/0");
  EXPECT_EQ(made->static_peers.size(), 2u);
  EXPECT_EQ(made->agent, "me");
  EXPECT_EQ(made->dial_timeout, std::chrono::seconds(3));
  EXPECT_FALSE(made->ping);
  EXPECT_EQ(made->peers.lo, 5u);
  EXPECT_EQ(made->peers.hi, 50u);
  EXPECT_EQ(made->peers.grace, std::chrono::minutes(1));
  EXPECT_EQ(made->sequencer_key, kKey);
  EXPECT_EQ(made->unsafe_block_signer.bytes[0], 0xf3);
  EXPECT_EQ(made->gossip.mesh_d, 10u);
  EXPECT_EQ(made->gossip.mesh_lo, 7u);
  EXPECT_EQ(made->gossip.mesh_hi, 20u);
  EXPECT_EQ(made->gossip.mesh_lazy, 5u);
  EXPECT_TRUE(made->gossip.flood_publish);
  EXPECT_EQ(made->gossip.timestamp_threshold, std::chrono::minutes(2));
  EXPECT_EQ(made->rollup.forks.time(opstack::Fork::kKarst), 99u);
}

TEST_F(RunOptions, PerimeterFlagsReachTheConfig) {
  const std::string id = std::string(kPeer).substr(std::string(kPeer).rfind('/') + 1);
  const auto made = config({{"p2p.block", {id + ",192.0.2.1", "203.0.113.0/24"}},
                            {"p2p.limits.connections", {"100"}},
                            {"p2p.limits.inbound", {"50"}},
                            {"p2p.limits.streams-per-peer", {"64"}},
                            {"p2p.limits.stream-memory", {"256MiB"}},
                            {"p2p.limits.memory", {"2GiB"}},
                            {"p2p.static.direct", {"true"}},
                            {"p2p.sync.onlyreqtostatic", {"true"}}});
  ASSERT_TRUE(made) << made.error();
  ASSERT_EQ(made->blocked.peers.size(), 1u);
  EXPECT_EQ(made->blocked.peers[0].to_string(), id);
  EXPECT_EQ(made->blocked.networks.to_string(), "192.0.2.1/32,203.0.113.0/24");
  EXPECT_EQ(made->limits.connections, 100u);
  EXPECT_EQ(made->limits.inbound, 50u);
  EXPECT_EQ(made->limits.streams_per_peer, 64u);
  EXPECT_EQ(made->limits.stream_bytes, std::size_t{256} << 20);
  EXPECT_EQ(made->limits.process_bytes, std::size_t{2} << 30);
  EXPECT_TRUE(made->static_direct);
  EXPECT_TRUE(made->sync_only_static);
  expect_error({{"p2p.block", {"192.0.2.300"}}}, "--p2p.block: '192.0.2.300' is neither");
  expect_error({{"p2p.limits.memory", {"much"}}}, "--p2p.limits.memory: 'much' is not a size");
}

TEST_F(RunOptions, WithoutP2pNothingListensAndNothingIsKept) {
  const auto made = config({{"p2p.disable", {"true"}}, {"p2p.static", {kPeer}}, {"p2p.no-discovery", {"false"}}});
  ASSERT_TRUE(made) << made.error();
  EXPECT_FALSE(made->p2p);
  EXPECT_TRUE(made->listen.empty() && made->static_peers.empty());
  EXPECT_FALSE(made->discovery || made->peerstore || made->archive);
  EXPECT_FALSE(made->driver->req_resp);
  const auto key = make_peer_key(flags({{"p2p.disable", {"true"}}, {"p2p.priv.path", {"/no/such/file"}}}), rng_);
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->new_file, "");
}

TEST_F(RunOptions, AnEmptyAgentIsOurOwnName) {
  const auto made = config({{"p2p.useragent", {""}}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->agent, "opwire");
}

TEST_F(RunOptions, ErrorsNameTheFlag) {
  expect_error({{"network", {"op-mainet"}}}, "op-mainnet");
  expect_error({{"rollup.config", {"x"}}}, "not both");
  expect_error({{"network", {""}}}, "--network NAME or --rollup.config FILE");
  expect_error({{"network", {""}}, {"rollup.config", {folder_ / "none.json"}}}, "none.json: No such file");
  expect_error({{"p2p.unsafe.block.signer", {"0x12"}}}, "--p2p.unsafe.block.signer: '0x12'");
  expect_error({{"p2p.listen.ip", {"localhost"}}}, "--p2p.listen.ip: 'localhost' is not an IP address");
  expect_error({{"p2p.static", {"/ip4/1.2.3.4/tcp/9222"}}}, "does not end in /p2p/ID");
  expect_error({{"p2p.static", {"1.2.3.4:9222"}}}, "--p2p.static: '1.2.3.4:9222'");
  expect_error({{"p2p.scoring", {"heavy"}}}, "--p2p.scoring: 'heavy' is not light or none");
  expect_error({{"p2p.mux", {"yamux,spdy"}}}, "--p2p.mux: 'spdy' is not known");
  expect_error({{"p2p.security", {"none,noise"}}}, "--p2p.security: none cannot be combined");
  expect_error({{"p2p.peers.lo", {"40"}}}, "--p2p.peers.lo (40) and --p2p.peers.hi (30)");
  expect_error({{"p2p.peerstore.path", {""}}}, "--p2p.peerstore.path: empty");
  expect_error({{"p2p.gossip.mesh.d", {"0"}}}, "--p2p.gossip.mesh.d: 0 is not between 1 and 1000");
  expect_error({{"override.canyon", {"999999999999"}}}, "is before");
}

TEST_F(RunOptions, ABrokenRollupFileIsNamed) {
  const std::string path = folder_ / "rollup.json";
  std::ofstream(path) << "{\"genesis\": 7}";
  expect_error({{"network", {""}}, {"rollup.config", {path}}}, path);
}

TEST_F(RunOptions, SecurityNamesAreReadInAnyCase) {
  EXPECT_TRUE(config({{"p2p.security", {"Noise, TLS"}}, {"p2p.mux", {"MPLEX"}}}));
}

TEST_F(RunOptions, ScoringIsLightUnlessAnyOfItsNamesSaysOtherwise) {
  const auto scoring = [this](const Given& given) { return config(given).value().scoring; };
  EXPECT_EQ(scoring({}), node::PeerScoring::kLight);
  EXPECT_EQ(scoring({{"p2p.scoring", {"none"}}}), node::PeerScoring::kNone);
  EXPECT_EQ(scoring({{"p2p.scoring", {""}}, {"p2p.scoring.topics", {"light"}}}), node::PeerScoring::kLight);
  EXPECT_EQ(scoring({{"p2p.scoring", {""}}, {"p2p.scoring.peers", {"none"}}}), node::PeerScoring::kNone);
  EXPECT_EQ(scoring({{"p2p.scoring", {""}}}), node::PeerScoring::kNone);
  EXPECT_EQ(scoring({{"p2p.scoring.peers", {"none"}}}), node::PeerScoring::kLight);
}

TEST_F(RunOptions, TheKeyIsGivenReadOrMadeButNotYetWritten) {
  const std::string path = folder_ / "key";
  const auto made = make_peer_key(flags({{"p2p.priv.path", {path}}}), rng_);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->new_file, path);
  EXPECT_FALSE(std::filesystem::exists(path));

  std::ofstream(path) << kKey;
  const auto read = make_peer_key(flags({{"p2p.priv.path", {path}}}), rng_);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->new_file, "");
  EXPECT_EQ(node::to_key_hex(read->key), kKey);
  EXPECT_EQ(read->warnings.size(), 1u) << "others can read it";

  const auto given = make_peer_key(flags({{"p2p.priv.path", {"nowhere"}}, {"p2p.priv.raw", {kKey}}}), rng_);
  ASSERT_TRUE(given) << given.error();
  EXPECT_EQ(node::to_key_hex(given->key), kKey);
}

TEST_F(RunOptions, BadKeysNameTheFlagAndAreNotRepeated) {
  const auto raw = make_peer_key(flags({{"p2p.priv.raw", {"secret"}}}), rng_);
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().find("--p2p.priv.raw: "), 0u) << raw.error();
  EXPECT_EQ(raw.error().find("secret"), std::string::npos);
  const std::string path = folder_ / "key";
  std::ofstream(path) << "hello";
  const auto file = make_peer_key(flags({{"p2p.priv.path", {path}}}), rng_);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().find(path), std::string::npos);
  EXPECT_FALSE(make_peer_key(flags({{"p2p.priv.path", {""}}}), rng_));
}

TEST_F(RunOptions, LogOptions) {
  const auto options =
      make_log_options(flags({{"log.level", {"WARN,gossipsub=debug"}}, {"log.format", {"json"}}}), true);
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->level, log::Level::kWarn);
  EXPECT_EQ(options->modules, "gossipsub=debug");
  EXPECT_EQ(options->format, log::Format::kJson);
  EXPECT_TRUE(options->color);
  EXPECT_FALSE(make_log_options(flags({{"log.color", {"false"}}}), true)->color);
  EXPECT_TRUE(make_log_options(flags({{"log.color", {"true"}}}), false)->color);
  const auto level = make_log_options(flags({{"log.level", {"loud"}}}), false);
  ASSERT_FALSE(level);
  EXPECT_EQ(level.error().find("--log.level: "), 0u);
  const auto format = make_log_options(flags({{"log.format", {"xml"}}}), false);
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().find("--log.format: 'xml'"), 0u);
}

}  // namespace
}  // namespace opwire::cli
