#include "opwire/node/discovery.hpp"

#include <gtest/gtest.h>

#include "opwire/node/discovery_for_test.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::node {
namespace {

using std::chrono::milliseconds;

std::optional<ByteArray<4>> ip4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return ByteArray<4>{a, b, c, d};
}

opstack::Bootnode bootnode_at(const std::string& host) {
  return opstack::parse_bootnode(
             "enode://ca2774c3c401325850b2477fd7d0f27911efbf79b1e8b335066516e2bd8c4c9e0ba9696a94b1cb030a88eac582305ff55"
             "e905e64fb77fe0edcd70a4e5296d3ec@" +
             host + ":1")
      .value();
}

TEST_F(DiscoveryTest, NodesThatKnowOnlyABootnodeMeet) {
  Node& one = start(config_with(bootnode()));
  Node& other = start(config_with(bootnode()));
  ASSERT_TRUE(wait_until([&] { return one.status().peers == 1 && other.status().peers == 1; }));
  EXPECT_TRUE(one.host().network().is_connected(other.host().id()));
  EXPECT_EQ(one.status().discovery->finder.connected, 1u);
  EXPECT_GE(one.status().discovery->finder.candidates, 1u);
}

TEST_F(DiscoveryTest, NodesOfOtherChainsAreLeftAlone) {
  Node& one = start(config_with(bootnode()));
  Config foreign = config_with(bootnode());
  foreign.rollup.l2_chain_id = ChainId{902};
  start(std::move(foreign));
  ASSERT_TRUE(wait_until([&] { return one.status().discovery->finder.foreign.by_chain.contains(ChainId{902}); }));
  EXPECT_EQ(one.status().discovery->finder.candidates, 0u);
  EXPECT_EQ(one.status().discovery->finder.dials_tried, 0u);
}

TEST_F(DiscoveryTest, NodesOutsideOfNetrestrictAreNeverDialledButStaticPeersAre) {
  Node& named = start(config());
  Node& found = start(config());
  Config restricted = config_with(found.status().discovery->record);
  restricted.static_peers = {named.host().addresses().front()};
  restricted.discovery->netrestrict = multiformats::IpNetworkList::parse("10.0.0.0/8").value();
  const log::Capture log;
  Node& node = start(std::move(restricted));
  EXPECT_NE(log.text().find("bootnodes outside of --p2p.netrestrict"), std::string::npos) << log.text();
  ASSERT_TRUE(wait_until([&] { return node.status().peers == 1; }));
  wait_until([] { return false; }, milliseconds(300));
  EXPECT_TRUE(node.host().network().is_connected(named.host().id()));
  EXPECT_FALSE(node.host().network().is_connected(found.host().id()));
  EXPECT_EQ(node.status().discovery->finder.dials_tried, 0u);

  Config admitting = config_with(found.status().discovery->record);
  admitting.discovery->netrestrict = multiformats::IpNetworkList::parse("10.0.0.0/8,127.0.0.0/8").value();
  Node& other = start(std::move(admitting));
  EXPECT_TRUE(wait_until([&] { return other.status().peers >= 1; }));
}

/// One Discovery beside a host, with names that are answered from memory.
class DiscoveryParts : public DiscoveryTest {
 protected:
  ~DiscoveryParts() override {
    if (discovery_) loop_.run(discovery_->close());
    if (host_) loop_.run(host_->close());
  }
  const discv5::NodeRecord& record_of(const Config& config) {
    if (discovery_) loop_.run(discovery_->close());
    if (!host_) {
      HostOptions options(config.peer_key);
      options.listen = config.listen;
      host_ = Host::make(loop_, std::move(options)).value();
    }
    auto resolver = std::make_unique<net::StaticResolver>();
    resolver->add_address("node.example", ByteArray<4>{203, 0, 113, 9});
    discovery_.reset();
    discovery_ = Discovery::make(*host_, config, nullptr, std::move(resolver)).value();
    const auto begun = loop_.run(discovery_->start());
    EXPECT_TRUE(begun) << begun.error();
    return discovery_->record();
  }
  std::uint16_t tcp_port() const { return host_->addresses().front().tcp_port().value(); }

  std::unique_ptr<Host> host_;
  std::unique_ptr<Discovery> discovery_;
};

TEST_F(DiscoveryParts, TheUdpPortHasTheNumberOfTheTcpPortUnlessItIsTaken) {
  Config ours = config();
  EXPECT_EQ(record_of(ours).udp(), tcp_port());
  loop_.run(discovery_->close());
  discovery_.reset();
  {
    const log::Capture log;
    const auto taken = net::bind_udp(loop_, net::Endpoint(kLoopback, tcp_port()), 100).value();
    const auto udp = record_of(ours).udp();
    EXPECT_NE(udp, tcp_port());
    EXPECT_NE(udp, 0);
    EXPECT_NE(log.text().find("UDP port with the number of our TCP port is taken"), std::string::npos) << log.text();
    ours.discovery->listen.port = tcp_port();
    const auto refused = Discovery::make(*host_, ours, nullptr);
    ASSERT_FALSE(refused) << "a port that was asked for is not exchanged";
    EXPECT_TRUE(refused.error().starts_with("--p2p.listen.udp 127.0.0.1:")) << refused.error();
  }
}

TEST_F(DiscoveryParts, AnnouncesItsOwnAddressWhereThatIsNoPrivateOne) {
  Config ours = config();
  const discv5::NodeRecord& record = record_of(ours);
  EXPECT_EQ(record.ip4(), kLoopback);
  EXPECT_EQ(record.tcp(), tcp_port());
  EXPECT_TRUE(opstack::is_of_chain(record, rollup_.l2_chain_id));
  EXPECT_EQ(discv5::NodeRecord::parse_text(discovery_->status().record).value().id(), record.id());
  ours.discovery->listen = net::Endpoint(ByteArray<4>{}, 0);
  EXPECT_EQ(record_of(ours).ip4(), std::nullopt) << "others will tell it";
}

TEST_F(DiscoveryParts, AnnouncesWhatIsGiven) {
  Config ours = config();
  ours.discovery->advertise_host = "203.0.113.7";
  ours.discovery->advertise_tcp = 1111;
  ours.discovery->advertise_udp = 2222;
  EXPECT_EQ(record_of(ours).ip4(), ip4(203, 0, 113, 7));
  EXPECT_EQ(discovery_->record().tcp(), 1111);
  EXPECT_EQ(discovery_->record().udp(), 2222);
  ours.discovery->advertise_host = "2001:db8::7";
  EXPECT_EQ(record_of(ours).ip4(), std::nullopt);
  ASSERT_TRUE(discovery_->record().ip6());
  EXPECT_EQ(discovery_->record().ip6()->back(), 7);
  ours.discovery->advertise_host = "node.example";
  EXPECT_EQ(record_of(ours).ip4(), ip4(203, 0, 113, 9));
}

TEST_F(DiscoveryParts, ANameThatDoesNotResolveIsAWarning) {
  Config ours = config();
  ours.discovery->advertise_host = "gone.example";
  ours.discovery->bootnodes = {bootnode_at("gone.example")};
  const log::Capture log;
  EXPECT_EQ(record_of(ours).ip4(), std::nullopt);
  EXPECT_NE(log.text().find("--p2p.advertise.ip does not resolve"), std::string::npos) << log.text();
  EXPECT_NE(log.text().find("bootnode's host has no address"), std::string::npos) << log.text();
  EXPECT_NE(log.text().find("no bootnode is known"), std::string::npos) << log.text();
}

/// Names that nobody answers for.
class SilentResolver final : public net::Resolver {
 public:
  explicit SilentResolver(Loop& loop) : loop_(loop) {}
  Task<Result<std::vector<Bytes>>> addresses(std::string, net::IpFamily, TimePoint deadline) override {
    const bool slept = co_await sleep_for(loop_, deadline - loop_.now());
    co_return slept ? errors::kTimeout : errors::kCancelled;
  }
  Task<Result<std::vector<std::string>>> texts(std::string, TimePoint) override { co_return errors::kTimeout; }

 private:
  Loop& loop_;
};

Task<void> start_into(Discovery& discovery, std::optional<Result<void, std::string>>& begun) {
  begun.emplace(co_await discovery.start());
}

class ClosedWhileItStarts : public DiscoveryTest {
 protected:
  /// What start() says when close() comes so long after it.
  Result<void, std::string> close_after(Duration pause, Config ours) {
    ours.discovery->database = (folder_ / "db").string();
    HostOptions options(ours.peer_key);
    options.listen = ours.listen;
    const auto host = Host::make(loop_, std::move(options)).value();
    auto discovery = Discovery::make(*host, ours, &store_thread_, std::make_unique<SilentResolver>(loop_)).value();
    std::optional<Result<void, std::string>> begun;
    Scope scope(loop_);
    scope.spawn(start_into(*discovery, begun));
    if (pause > Duration::zero()) loop_.run(sleep_for(loop_, pause));
    const TimePoint then = loop_.now();
    loop_.run(discovery->close());
    loop_.run(scope.join());
    EXPECT_LT(loop_.now() - then, std::chrono::seconds(1));
    discovery.reset();
    loop_.run(host->close());
    return *begun;
  }

 private:
  WorkerPool store_thread_{1};
};

TEST_F(ClosedWhileItStarts, NamesAreWaitedForNoLonger) {
  const log::Capture log;
  Config advertises = config(), asks = config();
  advertises.discovery->advertise_host = "silent.example";
  asks.discovery->bootnodes = {bootnode_at("silent.example")};
  for (const Config& ours : {advertises, asks}) {
    const auto begun = close_after(milliseconds(50), ours);
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error(), "discovery: closed before it began");
  }
  EXPECT_EQ(log.text().find("WARN"), std::string::npos) << log.text();
}

TEST_F(ClosedWhileItStarts, AtAnyMoment) {
  EXPECT_FALSE(close_after(Duration::zero(), config()));
  bool began = false;
  for (int i = 0; i < 12; ++i) began = bool(close_after(std::chrono::microseconds(100 << i), config()));
  EXPECT_TRUE(began) << "0.2 s are enough";
}

}  // namespace
}  // namespace opwire::node
