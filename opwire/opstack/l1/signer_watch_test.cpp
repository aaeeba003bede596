#include "opwire/opstack/l1/signer_watch.hpp"

#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/l1_node_for_test.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Address address_of(std::uint8_t last) {
  Address address;
  address.bytes.back() = last;
  return address;
}

struct World {
  World() {
    node.signer = address_of(1);
    options.read = node.options(true);
    options.registry = address_of(1);
  }
  ~World() { stop(); }
  void start() {
    watch.emplace(loop, node.caller, options, [this](const Address& signer, bool first) {
      EXPECT_EQ(first, seen.empty());
      seen.push_back(signer);
    });
    scope.spawn(watch->run());
  }
  void stop() {
    scope.cancel();
    loop.run(scope.join());
  }
  boost::json::value log_of(const Address& signer) const {
    boost::json::object log;
    log["address"] = codec::to_hex0x(options.read.system_config.view());
    boost::json::array topics;
    for (const std::string& topic : {std::string("0x1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be"),
                                     "0x" + std::string(64, '0'), "0x" + std::string(63, '0') + "3"}) {
      topics.emplace_back(topic);
    }
    log["topics"] = topics;
    const std::string twenty = std::string(62, '0') + "20";
    log["data"] = "0x" + twenty + twenty + std::string(24, '0') + codec::to_hex(signer.view());
    return log;
  }
  std::size_t calls(const std::string& method) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        node.caller.calls(), [&](const rpc::ScriptedCaller::Call& call) { return call.method == method; }));
  }

  SimulatedLoop loop;
  TestL1Node node{loop};
  SignerWatchOptions options;
  std::vector<Address> seen;
  std::optional<SignerWatch> watch;
  Scope scope{loop};
};

TEST(SignerWatch, ReadsAtTheStartAndFollowsChanges) {
  World world;
  world.start();
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.seen, (std::vector<Address>{address_of(1)}));
  EXPECT_EQ(world.watch->source(), SignerWatch::Source::kL1);
  const log::Capture capture;
  world.node.signer = address_of(2);
  world.loop.run_for(minutes(9));
  EXPECT_EQ(world.seen.size(), 1U);
  world.loop.run_for(minutes(1));
  EXPECT_EQ(world.seen.back(), address_of(2));
  const std::string text = capture.text();
  EXPECT_NE(text.find("L1 names another block signer"), std::string::npos) << text;
  for (const Address& address : {address_of(1), address_of(2)}) {
    EXPECT_NE(text.find(codec::to_checksum_hex(address)), std::string::npos) << text;
  }
}

TEST(SignerWatch, FailsOverToTheRegistryAndSaysSo) {
  World world;
  world.node.away = true;
  const log::Capture capture;
  world.start();
  world.loop.run_for(seconds(39));
  EXPECT_EQ(world.calls("eth_chainId"), 4U);
  EXPECT_EQ(capture.text().find("registry's signer"), std::string::npos);
  world.loop.run_for(seconds(2));
  EXPECT_EQ(world.calls("eth_chainId"), 5U);
  EXPECT_NE(capture.text().find("registry's signer"), std::string::npos) << capture.text();
  EXPECT_NE(capture.text().find("source=registry"), std::string::npos);
  EXPECT_EQ(world.watch->source(), SignerWatch::Source::kRegistry);
  EXPECT_EQ(world.watch->signer(), address_of(1));
  EXPECT_TRUE(world.seen.empty());

  world.node.away = false;
  world.node.signer = address_of(2);
  world.loop.run_for(minutes(1));
  EXPECT_EQ(world.seen, (std::vector<Address>{address_of(2)}));
}

TEST(SignerWatch, AWrongChainIsNotAskedAgainAtOnce) {
  World world;
  world.node.chain = 1;
  world.start();
  world.loop.run_for(seconds(59));
  EXPECT_EQ(world.calls("eth_chainId"), 1U);
  EXPECT_EQ(world.watch->source(), SignerWatch::Source::kRegistry);
}

TEST(SignerWatch, AFailureLaterIsAWarning) {
  World world;
  world.start();
  world.loop.run_for(seconds(1));
  world.node.away = true;
  const log::Capture capture;
  world.loop.run_for(minutes(25));
  EXPECT_EQ(world.calls("eth_chainId"), 3U);
  EXPECT_NE(capture.text().find("cannot be read"), std::string::npos);
  EXPECT_EQ(world.watch->source(), SignerWatch::Source::kL1);
}

TEST(SignerWatch, AnIntervalOfZeroIsNone) {
  World world;
  world.options.reload_interval = {};
  world.start();
  world.loop.run_for(std::chrono::hours(10));
  EXPECT_EQ(world.calls("eth_chainId"), 1U);
  world.node.signer = address_of(2);
  world.watch->on_log(world.log_of(address_of(2)));
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.seen.back(), address_of(2));
}

TEST(SignerWatch, ALogIsFollowedUntilTheStateSaysTheSame) {
  World world;
  world.options.read.confirmations = 3;
  world.start();
  world.loop.run_for(seconds(1));
  world.watch->on_log(world.log_of(address_of(2)));
  world.loop.run_for(seconds(30));
  EXPECT_EQ(world.calls("eth_chainId"), 4U) << "at once, and every twelve seconds";
  EXPECT_EQ(world.seen.size(), 1U) << "what a log says is not taken";
  world.node.signer = address_of(2);
  world.loop.run_for(seconds(12));
  EXPECT_EQ(world.seen.back(), address_of(2));
  const std::size_t calls = world.calls("eth_chainId");
  world.loop.run_for(minutes(5));
  EXPECT_EQ(world.calls("eth_chainId"), calls);
}

TEST(SignerWatch, ALogThatIsNotBorneOutIsForgotten) {
  World world;
  world.start();
  world.loop.run_for(seconds(1));
  world.watch->on_log(world.log_of(address_of(9)));
  world.loop.run_for(minutes(9));
  EXPECT_EQ(world.calls("eth_chainId"), 2U + SignerWatch::kExtraLooks);
  world.watch->on_log(boost::json::object());
  world.loop.run_for(seconds(5));
  EXPECT_EQ(world.calls("eth_chainId"), 2U + SignerWatch::kExtraLooks) << "no log of ours";
}

TEST(SignerWatch, AnOldHeadIsWarnedOf) {
  World world;
  world.node.head_age = 601;
  const log::Capture capture;
  world.start();
  world.loop.run_for(seconds(1));
  EXPECT_NE(capture.text().find("age_s=601"), std::string::npos) << capture.text();
  EXPECT_EQ(world.seen.size(), 1U);
}

TEST(SignerWatch, NoSignerOnL1IsHandedOn) {
  World world;
  world.node.signer = {};
  world.start();
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.seen, (std::vector<Address>{Address{}}));
}

}  // namespace
}  // namespace opwire::opstack
