#include "opwire/p2p/gossipsub/connector.hpp"

#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using swarm::SimulatedHost;
using namespace std::chrono_literals;

Bytes record_of(std::uint64_t seed, const std::vector<Multiaddr>& addresses) {
  return multiformats::seal_peer_record(swarm::key_of(seed), {swarm::peer_of(seed), 1, addresses});
}
Multiaddr address_of(std::uint64_t seed) {
  return swarm::address("/memory/" + std::to_string(seed));
}

class ConnectorTest : public swarm::SimulatedNet {
 protected:
  ~ConnectorTest() override {
    scope.cancel();
    loop.run(scope.join(), 5s);
  }
  bool connected(std::uint64_t seed) const { return us.swarm->is_connected(swarm::peer_of(seed)); }
  std::vector<Multiaddr> known(std::uint64_t seed) const {
    return us.swarm->peerstore().addresses(swarm::peer_of(seed));
  }
  /// Peers [first, first + count) are told of; whoever dials them waits in vain.
  void tell_of_silent_peers(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
      us.transport->silent.insert(address_of(seed));
      connector.connect({swarm::peer_of(seed), record_of(seed, {address_of(seed)})});
    }
  }

  SimulatedHost& us = host(1);
  SimulatedHost& other = host(2);
  Scope scope{loop};
  Connector connector{*us.swarm, scope};
};

TEST_F(ConnectorTest, ARecordsAddressesAreDialled) {
  connector.connect({other.id, record_of(2, {other.at})});
  loop.run_for(1s);
  EXPECT_TRUE(connected(2));
  EXPECT_EQ(known(2), std::vector{other.at});
}

TEST_F(ConnectorTest, WithoutARecordKnownAddressesHaveToDo) {
  connector.connect({other.id, {}});
  loop.run_for(1s);
  EXPECT_FALSE(connected(2));
  us.swarm->peerstore().add_addresses(other.id, {other.at}, kPermanentTtl);
  connector.connect({other.id, {}});
  loop.run_for(1s);
  EXPECT_TRUE(connected(2));
}

// G10: records of another peer, spoilt ones, ones without an address.
TEST_F(ConnectorTest, BadRecordsAreWorthNothing) {
  Bytes spoilt = record_of(2, {other.at});
  spoilt.back() ^= 1;
  for (const Bytes& record : {record_of(3, {other.at}), spoilt, Bytes(50, 0xff), Bytes{0}, record_of(2, {})}) {
    connector.connect({other.id, record});
  }
  loop.run_for(1s);
  EXPECT_FALSE(connected(2));
  EXPECT_TRUE(us.transport->dialled.empty());
  EXPECT_TRUE(known(2).empty());
  EXPECT_TRUE(known(3).empty()) << "told under another's name";
}

TEST_F(ConnectorTest, AnOlderRecordThanTheKnownOneAddsNothing) {
  us.swarm->peerstore().set_record({other.id, 2, {other.at}}, {}, kTemporaryTtl);
  connector.connect({other.id, record_of(2, {swarm::address("/memory/99")})});
  loop.run_for(1s);
  EXPECT_TRUE(connected(2)) << "by what we know";
  EXPECT_EQ(known(2), std::vector{other.at});
}

TEST_F(ConnectorTest, WhoIsConnectedIsLeftAlone) {
  ASSERT_TRUE(connect(us, other));
  const auto dials = us.transport->dialled.size();
  connector.connect({other.id, record_of(2, {swarm::address("/memory/99")})});
  loop.run_for(1s);
  EXPECT_EQ(us.transport->dialled.size(), dials);
  EXPECT_EQ(known(2), std::vector{other.at});
}

TEST_F(ConnectorTest, OurselvesAreNotDialled) {
  connector.connect({us.id, record_of(1, {us.at})});
  loop.run_for(1s);
  EXPECT_TRUE(us.transport->dialled.empty());
}

TEST_F(ConnectorTest, TheSamePeerIsDialledOnceAtATime) {
  us.transport->silent.insert(other.at);
  for (int i = 0; i < 10; ++i) connector.connect({other.id, record_of(2, {other.at})});
  loop.run_for(1s);
  EXPECT_EQ(us.transport->dialled.size(), 1u);
}

TEST_F(ConnectorTest, ARecordGivesAFewAddressesOnly) {
  std::vector<Multiaddr> many;
  for (std::uint64_t i = 0; i < 300; ++i) many.push_back(address_of(1000 + i));
  connector.connect({other.id, record_of(2, many)});
  EXPECT_EQ(known(2).size(), 32u);
}

// G10: however many we are told of, eight are dialled at a time and a bounded number waits.
TEST_F(ConnectorTest, WorksThroughABoundedNumberFewAtATime) {
  tell_of_silent_peers(1000, 600);
  loop.run_for(1s);
  EXPECT_EQ(us.transport->dialling, Connector::kWorkers);
  loop.run_for(1h);
  EXPECT_EQ(us.transport->most_dialling, Connector::kWorkers);
  std::set<Multiaddr> tried;
  for (const auto& [when, address] : us.transport->dialled) tried.insert(address);
  EXPECT_EQ(tried.size(), Connector::kWaiting);
  connector.connect({other.id, record_of(2, {other.at})});
  loop.run_for(1s);
  EXPECT_TRUE(connected(2)) << "and afterwards there is room again";
}

TEST_F(ConnectorTest, CancellingEndsAllWork) {
  tell_of_silent_peers(1000, 100);
  loop.run_for(1s);
  scope.cancel();
  loop.run(scope.join(), 5s);
  EXPECT_EQ(us.transport->dialled.size(), Connector::kWorkers);
}

}  // namespace
}  // namespace opwire::gossipsub
