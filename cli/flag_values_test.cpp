#include "cli/flag_values.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>

#include <filesystem>
#include <fstream>
#include <set>

#include "opwire/base/check.hpp"

namespace opwire::cli {
namespace {

using Given = std::map<std::string, std::vector<std::string>>;

TEST(FlagTable, NamesAndVariablesAreUnique) {
  std::set<std::string> variables;
  for (const FlagSpec* flag : all_flags()) {
    EXPECT_EQ(find_flag(flag->name), flag);
    for (const std::string& suffix : env_suffixes(*flag)) EXPECT_TRUE(variables.insert(suffix).second) << suffix;
  }
  EXPECT_EQ(find_flag("p2p.nonsense"), nullptr);
}

TEST(FlagTable, EveryDefaultIsOfItsFlagsType) {
  for (const FlagSpec* flag : all_flags()) {
    if (flag->default_value.empty()) continue;
    FlagValues values;
    const auto set = values.set(*flag, {std::string(flag->default_value)}, "default");
    EXPECT_TRUE(set) << flag->name << set.error();
  }
}

// op-node's own, from its flag definitions (v1.19.0).
TEST(FlagTable, HasAllOfOpNodesP2pFlagsWithTheirVariables) {
  const std::pair<const char*, const char*> expected[] = {
      {"p2p.disable", "P2P_DISABLE"},
      {"p2p.no-discovery", "P2P_NO_DISCOVERY"},
      {"p2p.scoring", "P2P_PEER_SCORING"},
      {"p2p.ban.peers", "P2P_PEER_BANNING"},
      {"p2p.ban.threshold", "P2P_PEER_BANNING_THRESHOLD"},
      {"p2p.ban.duration", "P2P_PEER_BANNING_DURATION"},
      {"p2p.priv.path", "P2P_PRIV_PATH"},
      {"p2p.priv.raw", "P2P_PRIV_RAW"},
      {"p2p.listen.ip", "P2P_LISTEN_IP"},
      {"p2p.listen.tcp", "P2P_LISTEN_TCP_PORT"},
      {"p2p.listen.udp", "P2P_LISTEN_UDP_PORT"},
      {"p2p.advertise.ip", "P2P_ADVERTISE_IP"},
      {"p2p.advertise.tcp", "P2P_ADVERTISE_TCP"},
      {"p2p.advertise.udp", "P2P_ADVERTISE_UDP"},
      {"p2p.bootnodes", "P2P_BOOTNODES"},
      {"p2p.static", "P2P_STATIC"},
      {"p2p.netrestrict", "P2P_NETRESTRICT"},
      {"p2p.mux", "P2P_MUX"},
      {"p2p.security", "P2P_SECURITY"},
      {"p2p.peers.lo", "P2P_PEERS_LO"},
      {"p2p.peers.hi", "P2P_PEERS_HI"},
      {"p2p.peers.grace", "P2P_PEERS_GRACE"},
      {"p2p.nat", "P2P_NAT"},
      {"p2p.useragent", "P2P_AGENT"},
      {"p2p.timeout.negotiation", "P2P_TIMEOUT_NEGOTIATION"},
      {"p2p.timeout.accept", "P2P_TIMEOUT_ACCEPT"},
      {"p2p.timeout.dial", "P2P_TIMEOUT_DIAL"},
      {"p2p.peerstore.path", "P2P_PEERSTORE_PATH"},
      {"p2p.discovery.path", "P2P_DISCOVERY_PATH"},
      {"p2p.sequencer.key", "P2P_SEQUENCER_KEY"},
      {"p2p.gossip.mesh.d", "P2P_GOSSIP_MESH_D"},
      {"p2p.gossip.mesh.lo", "P2P_GOSSIP_MESH_DLO"},
      {"p2p.gossip.mesh.dhi", "P2P_GOSSIP_MESH_DHI"},
      {"p2p.gossip.mesh.dlazy", "P2P_GOSSIP_MESH_DLAZY"},
      {"p2p.gossip.mesh.floodpublish", "P2P_GOSSIP_FLOOD_PUBLISH"},
      {"p2p.gossip.timestamp.threshold", "P2P_GOSSIP_TIMESTAMP_THRESHOLD"},
      {"p2p.sync.req-resp", "P2P_SYNC_REQ_RESP"},
      {"p2p.sync.onlyreqtostatic", "P2P_SYNC_ONLYREQTOSTATIC"},
      {"p2p.ping", "P2P_PING"},
      {"p2p.scoring.peers", ""},
      {"p2p.scoring.topics", ""},
      {"p2p.score.bands", ""},
      {"signer.endpoint", "SIGNER_ENDPOINT"},
      {"signer.header", "SIGNER_HEADER"},
      {"l2.jwt-secret", "L2_ENGINE_AUTH"},
      {"network", "NETWORK"},
      {"rollup.config", "ROLLUP_CONFIG"},
      {"log.level", "LOG_LEVEL"},
  };
  for (const auto& [name, variable] : expected) {
    const FlagSpec* flag = find_flag(name);
    ASSERT_NE(flag, nullptr) << name;
    EXPECT_EQ(flag->env, variable) << name;
  }
}

class LoadFlags : public testing::Test {
 protected:
  LoadFlags() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-flags-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~LoadFlags() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& text) {
    const std::string path = folder_ / "opwire.toml";
    std::ofstream(path) << text;
    return path;
  }
  LoadedFlags load(const Given& given, const Environment& environment = {}) {
    auto loaded = load_flags(given, environment);
    EXPECT_TRUE(loaded) << loaded.error();
    return loaded ? std::move(*loaded) : LoadedFlags();
  }
  void expect_error(const Given& given, const Environment& environment, const std::string& expected) {
    const auto loaded = load_flags(given, environment);
    ASSERT_FALSE(loaded) << expected;
    EXPECT_EQ(loaded.error(), expected);
  }

  std::filesystem::path folder_;
};

TEST_F(LoadFlags, DefaultsAreOpNodes) {
  const FlagValues values = load({}).values;
  EXPECT_EQ(values.number("p2p.listen.tcp"), 9222u);
  EXPECT_EQ(values.text("p2p.priv.path"), "opnode_p2p_priv.txt");
  EXPECT_EQ(values.duration("p2p.gossip.timestamp.threshold"), std::chrono::seconds(60));
  EXPECT_FALSE(values.boolean("p2p.disable"));
  EXPECT_TRUE(values.boolean("p2p.ping"));
  EXPECT_TRUE(values.list("p2p.static").empty());
  EXPECT_FALSE(values.is_set("p2p.listen.tcp"));
}

TEST_F(LoadFlags, EachSourceWinsOverTheNext) {
  Given given{{"config", {file("p2p.listen.tcp = 2001\n")}}};
  EXPECT_EQ(load(given).values.number("p2p.listen.tcp"), 2001u);
  Environment environment{{"OP_NODE_P2P_LISTEN_TCP_PORT", "2002"}};
  EXPECT_EQ(load(given, environment).values.number("p2p.listen.tcp"), 2002u);
  environment["OPWIRE_P2P_LISTEN_TCP_PORT"] = "2003";
  EXPECT_EQ(load(given, environment).values.number("p2p.listen.tcp"), 2003u);
  given["p2p.listen.tcp"] = {"2004"};
  EXPECT_EQ(load(given, environment).values.number("p2p.listen.tcp"), 2004u);
}

TEST_F(LoadFlags, ListsCanBeRepeatedAndSeparated) {
  const FlagValues values = load({{"p2p.static", {"a,b", "c"}}}).values;
  EXPECT_EQ(values.list("p2p.static"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(LoadFlags, TheLastOfRepeatedScalarsCounts) {
  EXPECT_EQ(load({{"p2p.listen.tcp", {"2001", "2002"}}}).values.number("p2p.listen.tcp"), 2002u);
}

TEST_F(LoadFlags, ConfigFilesHaveSectionsListsAndComments) {
  const std::string path = file(R"(# a comment
network = "op-sepolia"
override.jovian = 17
[p2p]
static = ["/ip4/1.2.3.4/tcp/9222/p2p/x", "second"]
listen.tcp = 9003
ping = false
[p2p.gossip]
timestamp.threshold = "1m30s"
)");
  const FlagValues values = load({}, {{"OPWIRE_CONFIG", path}}).values;
  EXPECT_EQ(values.text("network"), "op-sepolia");
  EXPECT_EQ(values.number("override.jovian"), 17u);
  EXPECT_EQ(values.list("p2p.static"), (std::vector<std::string>{"/ip4/1.2.3.4/tcp/9222/p2p/x", "second"}));
  EXPECT_EQ(values.number("p2p.listen.tcp"), 9003u);
  EXPECT_FALSE(values.boolean("p2p.ping"));
  EXPECT_EQ(values.duration("p2p.gossip.timestamp.threshold"), std::chrono::seconds(90));
}

TEST_F(LoadFlags, ErrorsNameTheFlag) {
  expect_error({{"p2p.listen.tcp", {"80"}}}, {}, "--p2p.listen.tcp: '80' is no port: 0 or 1024 to 65535");
  expect_error({{"p2p.listen.udp", {"65536"}}}, {}, "--p2p.listen.udp: '65536' is no port: 0 or 1024 to 65535");
  expect_error({{"p2p.peers.lo", {"many"}}}, {}, "--p2p.peers.lo: 'many' is not a number");
  expect_error({{"p2p.ban.threshold", {"low"}}}, {}, "--p2p.ban.threshold: 'low' is not a number");
  expect_error({{"p2p.timeout.dial", {"10"}}}, {},
               "--p2p.timeout.dial: '10' is not a duration, such as 30s, 1m30s or 10m");
  expect_error({{"p2p.ping", {"maybe"}}}, {}, "--p2p.ping: 'maybe' is neither true nor false");
}

TEST_F(LoadFlags, ErrorsNameTheVariable) {
  expect_error({}, {{"OP_NODE_P2P_PEERS_HI", "-1"}}, "OP_NODE_P2P_PEERS_HI: '-1' is not a number");
  expect_error({}, {{"OPWIRE_P2P_NAT", "yes"}}, "OPWIRE_P2P_NAT: 'yes' is neither true nor false");
}

TEST_F(LoadFlags, ErrorsNameTheFileAndKey) {
  const std::string path = file("p2p.listen.tcp = 80\n");
  expect_error({{"config", {path}}}, {}, path + ": p2p.listen.tcp: '80' is no port: 0 or 1024 to 65535");
  file("p2p.lisen.tcp = 9222\n");
  expect_error({{"config", {path}}}, {}, path + ": no flag is called 'p2p.lisen.tcp'; did you mean p2p.listen.tcp?");
  file("network = op mainnet\n");
  expect_error({{"config", {path}}}, {}, path + ": network takes one value (in quotes)");
  file("this is no configuration\n");
  EXPECT_FALSE(load_flags({{"config", {path}}}, {}));
  const std::string missing = folder_ / "missing.toml";
  expect_error({{"config", {missing}}}, {}, missing + ": No such file or directory");
}

TEST_F(LoadFlags, EmptyVariablesAreAsInOpNode) {
  const FlagValues values = load({}, {{"OP_NODE_P2P_STATIC", ""},
                                      {"OP_NODE_P2P_AGENT", ""},
                                      {"OP_NODE_P2P_PING", ""},
                                      {"OP_NODE_P2P_LISTEN_TCP_PORT", ""}})
                                .values;
  EXPECT_TRUE(values.list("p2p.static").empty());
  EXPECT_EQ(values.text("p2p.useragent"), "");
  EXPECT_FALSE(values.boolean("p2p.ping"));
  EXPECT_EQ(values.number("p2p.listen.tcp"), 9222u);
}

TEST_F(LoadFlags, UnknownVariablesWithOurPrefixesAreWarnedOf) {
  const LoadedFlags loaded = load({}, {{"OP_NODE_P2P_LISTEN_TPC_PORT", "1"},
                                       {"OPWIRE_NONSENSE", "1"},
                                       {"OP_NODE_FEED", "-"},
                                       {"HOME", "/"},
                                       {"OP_BATCHER_X", "1"}});
  ASSERT_EQ(loaded.warnings.size(), 3u);
  EXPECT_EQ(loaded.warnings[0], "environment variable OPWIRE_NONSENSE is not known and has no effect");
  EXPECT_EQ(loaded.warnings[1], "environment variable OP_NODE_FEED is not known and has no effect");
  EXPECT_EQ(loaded.warnings[2], "environment variable OP_NODE_P2P_LISTEN_TPC_PORT is not known and has no effect");
}

TEST_F(LoadFlags, OneWarningListsWhatWaitsForLaterParts) {
  const LoadedFlags loaded = load({{"l1.beacon", {"http://l1:5052"}},
                                   {"p2p.no-discovery", {"true"}},  // asks for nothing
                                   {"p2p.ban.peers", {"F"}},        // nor does this
                                   {"p2p.peerstore.path", {"memory"}},
                                   {"p2p.static", {"x"}},       // here already
                                   {"p2p.score.bands", {"x"}},  // without effect in op-node too
                                   {"heartbeat.enabled", {"true"}},
                                   {"p2p.nat", {"true"}}},
                                  {{"OP_NODE_PPROF_ENABLED", "true"}, {"OP_NODE_SAFEDB_PATH", ""}});
  ASSERT_EQ(loaded.warnings.size(), 1u);
  EXPECT_EQ(loaded.warnings[0],
            "accepted, but what they ask for is not part of opwire yet: --l1.beacon, OP_NODE_PPROF_ENABLED, --p2p.nat");
}

TEST(FlagValues, TellWhereTwoOfThemDiffer) {
  const auto values = [](const CommandLine& given) { return load_flags(given, {}).value().values; };
  const FlagValues one = values({{"p2p.static", {"a", "b"}}, {"p2p.peers.hi", {"30"}}, {"log.level", {"debug"}}});
  const FlagValues two = values({{"p2p.static", {"a,b"}}, {"log.level", {"info"}}, {"p2p.ping", {"false"}}});
  std::vector<std::string_view> names = one.differences(two);
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string_view>{"log.level", "p2p.ping"}));
  EXPECT_TRUE(one.differences(one).empty());
}

}  // namespace
}  // namespace opwire::cli
