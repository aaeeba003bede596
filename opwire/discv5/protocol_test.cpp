#include "opwire/discv5/protocol.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/network_for_test.hpp"

namespace opwire::discv5 {
namespace {

using namespace std::chrono_literals;
using test::Network;
using test::Node;
using test::Outcome;

TEST(Protocol, PingsAfterAHandshakeAndThenWithoutOne) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  Outcome<Pong> first, second;
  a.protocol->ping(b.contact(), network.now, first.done());
  network.run(85ms);  // opening, WHOAREYOU, handshake, PONG
  ASSERT_TRUE(first.result && *first.result);
  EXPECT_EQ((*first.result)->ip, to_bytes(a.at.ip()));
  EXPECT_EQ((*first.result)->port, a.at.port);
  EXPECT_EQ((*first.result)->record_seq, b.protocol->local_record().seq());

  network.run(1s);
  a.protocol->ping(b.contact(), network.now, second.done());
  network.run(45ms);
  EXPECT_TRUE(second.result && *second.result);
  EXPECT_EQ(b.protocol->stats().handshakes, 1U);
  EXPECT_EQ(a.protocol->stats().handshakes, 0U);
}

TEST(Protocol, WhoComesIsCheckedAndThenToldToOthers) {
  Network network;
  Node& bootnode = network.add(0);
  Node& a = network.add(1, [&](ProtocolOptions& options) { options.bootnodes = {bootnode.contact()}; });
  Node& b = network.add(2);
  a.protocol->start(network.now);
  network.run(5s);
  EXPECT_EQ(bootnode.protocol->table().live(), 1U);
  EXPECT_EQ(a.protocol->table().live(), 1U);

  Outcome<std::vector<RecordPtr>> found;
  const auto distance = static_cast<std::uint16_t>(log_distance(bootnode.id(), a.id()));
  b.protocol->find_node(bootnode.contact(), {distance}, network.now, found.done());
  network.run(200ms);
  ASSERT_TRUE(found.result && *found.result);
  ASSERT_EQ((*found.result)->size(), 1U);
  EXPECT_EQ((*found.result)->front()->id(), a.id());
}

TEST(Protocol, ABootnodeThatIsKnownByItsKeyAloneTellsItsRecord) {
  Network network;
  Node& bootnode = network.add(0);
  Node& a = network.add(1, [&](ProtocolOptions& options) {
    options.bootnodes = {bootnode.contact()};
    options.bootnodes[0].record = nullptr;
  });
  a.protocol->start(network.now);
  network.run(2s);
  ASSERT_FALSE(a.records.empty());
  EXPECT_EQ(a.records.front()->id(), bootnode.id());
  EXPECT_EQ(a.protocol->table().live(), 1U);
}

TEST(Protocol, EverybodyFindsEverybody) {
  Network network;
  Node& bootnode = network.add(0);
  constexpr std::size_t kNodes = 30;
  for (std::size_t i = 1; i <= kNodes; ++i) {
    network.add(i, [&](ProtocolOptions& options) {
      options.bootnodes = {bootnode.contact()};
      options.find_nodes = true;
    });
  }
  for (const auto& [at, node] : network.nodes) node->protocol->start(network.now);
  network.run(20s);
  for (const auto& [at, node] : network.nodes) {
    Outcome<LookupResult> found;
    node->protocol->lookup(bootnode.id(), network.now, found.done());
    network.run(3s);
    ASSERT_TRUE(found.result && *found.result);
    EXPECT_EQ((*found.result)->nearest.size(), std::min<std::size_t>(16, kNodes)) << node->at.to_string();
  }
}

TEST(Protocol, TalksToWhoSpeaksTheProtocol) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  b.protocol->set_talk_handler("echo", [&](const Peer& from, ByteView message) {
    EXPECT_EQ(from.id, a.id());
    return Bytes(message.rbegin(), message.rend());
  });
  b.protocol->set_talk_handler("long", [](const Peer&, ByteView) { return Bytes(Responder::kMaxTalk + 1); });
  const Bytes message{1, 2, 3};
  Outcome<Bytes> known, unknown, oversized;
  a.protocol->talk(b.contact(), "echo", message, network.now, known.done());
  a.protocol->talk(b.contact(), "nobody", message, network.now, unknown.done());
  a.protocol->talk(b.contact(), "long", message, network.now, oversized.done());
  network.run(500ms);
  ASSERT_TRUE(known.result && *known.result && unknown.result && *unknown.result && oversized.result);
  EXPECT_EQ(**known.result, (Bytes{3, 2, 1}));
  EXPECT_TRUE((**unknown.result).empty());
  EXPECT_TRUE((**oversized.result).empty());
}

TEST(Protocol, AFirstMessageThatIsTooLargeForAHandshakeFollowsOne) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  b.protocol->set_talk_handler("echo", [](const Peer&, ByteView message) { return to_bytes(message); });
  network.keep = true;
  const Bytes message(1100, 7);
  Outcome<Bytes> answer;
  a.protocol->talk(b.contact(), "echo", message, network.now, answer.done());
  network.run(150ms);
  ASSERT_TRUE(answer.result && *answer.result);
  EXPECT_EQ(**answer.result, message);
  for (const auto& flight : network.sent) EXPECT_LE(flight.bytes.size(), kMaxPacket);
}

TEST(Protocol, SessionsComeBackAfterEitherSideHasForgottenThem) {
  Network network;
  const net::Endpoint a = network.add(1).at;
  const Contact b = network.add(2).contact();
  const auto ping = [&] {
    Outcome<Pong> pong;
    network.nodes.at(a)->protocol->ping(b, network.now, pong.done());
    network.run(3s);
    return pong.result && *pong.result;
  };
  EXPECT_TRUE(ping());
  network.add(2);  // the same key and endpoint, no memory
  EXPECT_TRUE(ping());
  network.add(1);
  EXPECT_TRUE(ping());
}

TEST(Protocol, WhatIsOnItsWayWhenASessionIsLostIsSentAnew) {
  Network network;
  Node& a = network.add(1);
  const Contact b = network.add(2).contact();
  Outcome<Pong> first;
  a.protocol->ping(b, network.now, first.done());
  network.run(1s);
  network.add(2);
  std::vector<Outcome<Pong>> pongs(10);
  for (auto& pong : pongs) a.protocol->ping(b, network.now, pong.done());
  network.run(200ms);  // no time for a timeout
  for (const auto& pong : pongs) EXPECT_TRUE(pong.result && *pong.result);
}

TEST(Protocol, ManyQuestionsShareOneHandshake) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  std::vector<Outcome<Pong>> pongs(20);
  for (auto& pong : pongs) a.protocol->ping(b.contact(), network.now, pong.done());
  network.run(200ms);
  for (const auto& pong : pongs) EXPECT_TRUE(pong.result && *pong.result);
  EXPECT_EQ(b.protocol->stats().handshakes, 1U);
}

TEST(Protocol, TwoThatBeginAtTheSameMomentBothGetTheirAnswer) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  Outcome<Pong> of_a, of_b;
  a.protocol->ping(b.contact(), network.now, of_a.done());
  b.protocol->ping(a.contact(), network.now, of_b.done());
  network.run(2s);
  EXPECT_TRUE(of_a.result && *of_a.result);
  EXPECT_TRUE(of_b.result && *of_b.result);
}

TEST(Protocol, WhoHasJustBeenAskedWhoItIsIsAskedWhenItHasSaidSo) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  Outcome<Pong> of_a, of_b;
  b.protocol->ping(a.contact(), network.now, of_b.done());
  network.run(Network::kLatency);
  a.protocol->ping(b.contact(), network.now, of_a.done());
  network.run(200ms);  // no time for a timeout
  EXPECT_TRUE(of_a.result && *of_a.result);
  EXPECT_TRUE(of_b.result && *of_b.result);
  EXPECT_EQ(a.protocol->stats().handshakes, 1U);
  EXPECT_EQ(b.protocol->stats().handshakes, 0U);
}

TEST(Protocol, WhoDoesNotSayWhoItIsIsAskedAllTheSame) {
  Network network;
  Node& a = network.add(1);
  Outcome<Pong> of_a, of_b;
  network.add(2).protocol->ping(a.contact(), network.now, of_b.done());
  network.run(Network::kLatency);
  const Contact b = network.add(2).contact();  // which knows of no question
  a.protocol->ping(b, network.now, of_a.done());
  network.run(Duration(900ms));
  EXPECT_TRUE(of_a.result && *of_a.result);
}

TEST(Protocol, SilenceEndsQuestionsAndThoseBehindThem) {
  Network network;
  Node& a = network.add(1);
  const Contact nobody = network.add(2).contact();
  network.nodes.erase(nobody.endpoint);
  Outcome<Pong> first, second;
  a.protocol->ping(nobody, network.now, first.done());
  a.protocol->ping(nobody, network.now, second.done());
  network.run(1399ms);
  EXPECT_FALSE(first.result);
  network.run(2ms);  // twice 700 ms
  ASSERT_TRUE(first.result && second.result);
  EXPECT_TRUE(first.result->error().is(opwire::errors::kTimeout));
  EXPECT_TRUE(second.result->error().is(opwire::errors::kTimeout));
}

TEST(Protocol, LossOfAnyOnePacketIsMadeUpFor) {
  for (std::size_t lost = 0; lost < 4; ++lost) {
    Network network;
    Node& a = network.add(1);
    Node& b = network.add(2);
    std::size_t count = 0;
    network.passes = [&](Network::Flight&) { return count++ != lost; };
    Outcome<Pong> pong;
    a.protocol->ping(b.contact(), network.now, pong.done());
    network.run(3s);
    EXPECT_TRUE(pong.result && *pong.result) << "packet " << lost;
  }
}

TEST(Protocol, ADeadNodeIsGivenUpAndTold) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  const NodeId gone = b.id();
  a.protocol->add({b.record()}, network.now);
  network.run(30s);
  EXPECT_EQ(a.protocol->table().live(), 1U);
  EXPECT_FALSE(a.live.empty());
  network.nodes.erase(b.at);
  network.run(10min);
  EXPECT_EQ(a.protocol->table().size(), 0U);
  EXPECT_EQ(a.gone, std::vector{gone});
}

TEST(Protocol, ANewerRecordIsFetchedWhenAPongTellsOfIt) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  a.protocol->add({b.record()}, network.now);
  network.run(5s);
  Announced changed = b.protocol->announced();
  changed.tcp = 9222;
  b.protocol->announce(changed, "test", network.now);
  EXPECT_EQ(b.reasons.back(), "test");
  network.run(1min);
  EXPECT_EQ(a.protocol->table().find(b.id())->tcp(), 9222);
}

TEST(Protocol, OurAddressIsWhatTheOthersSee) {
  Network network;
  Node& a = network.add(1, [](ProtocolOptions& options) {
    options.announced.ip4.reset();
    options.announced.udp = 1234;
  });
  for (std::size_t i = 2; i < 10; ++i) a.protocol->add({network.add(i).record()}, network.now);
  network.run(1min);
  const NodeRecord& record = a.protocol->local_record();
  ASSERT_TRUE(record.ip4());
  EXPECT_EQ(to_bytes(*record.ip4()), to_bytes(a.at.ip()));
  EXPECT_EQ(record.udp(), a.at.port);
  EXPECT_EQ(a.reasons.back(), "vote");
  EXPECT_EQ(record.seq(), 2U);
}

TEST(Protocol, ANetworkOfTwoNodesWithoutAddressesBeginsAtItsBootnode) {
  Network network;
  Node& bootnode = network.add(0);
  const auto without = [&](ProtocolOptions& options) {
    options.announced = {};
    options.bootnodes = {bootnode.contact()};
    options.find_nodes = true;
  };
  Node& a = network.add(1, without);
  Node& b = network.add(2, without);
  for (Node* node : {&a, &b}) node->protocol->start(network.now);
  network.run(10s);
  EXPECT_EQ(bootnode.protocol->table().live(), 2U);
  EXPECT_TRUE(a.protocol->table().find(b.id()));
  EXPECT_TRUE(b.protocol->table().find(a.id()));
  EXPECT_EQ(a.protocol->local_record().udp(), a.at.port);
}

TEST(Protocol, AnAddressThatWasGivenStays) {
  Network network;
  Node& a = network.add(1, [](ProtocolOptions& options) { options.announced.ip4 = ByteArray<4>{9, 9, 9, 9}; });
  for (std::size_t i = 2; i < 10; ++i) a.protocol->add({network.add(i).record()}, network.now);
  network.run(1min);
  EXPECT_EQ(a.protocol->local_record().ip4(), (ByteArray<4>{9, 9, 9, 9}));
  EXPECT_EQ(a.protocol->local_record().seq(), 1U);
}

TEST(Protocol, NodesOutsideTheNetworksThatAreAllowedAreNeitherKnownNorAsked) {
  Network network;
  Node& inside = network.add(1);
  Node& outside = network.add(2);
  Node& a = network.add(3, [&](ProtocolOptions& options) {
    options.admits = [&](const net::Endpoint& endpoint) { return endpoint != outside.at; };
  });
  a.protocol->add({inside.record(), outside.record()}, network.now);
  EXPECT_EQ(a.protocol->table().size(), 1U);
  Outcome<Pong> pong;
  outside.protocol->ping(a.contact(), network.now, pong.done());
  network.run(1s);
  EXPECT_TRUE(pong.result && *pong.result);  // it is answered, though
  EXPECT_EQ(a.protocol->table().size(), 1U);
}

TEST(Protocol, BootnodesAreAskedAgainUntilOneAnswers) {
  Network network;
  Node& late = network.add(0);
  const Contact contact = late.contact();
  network.nodes.erase(late.at);
  Node& a = network.add(1, [&](ProtocolOptions& options) { options.bootnodes = {contact}; });
  a.protocol->start(network.now);
  network.run(25s);
  EXPECT_EQ(a.protocol->table().size(), 0U);
  network.add(0);
  network.run(10s);
  EXPECT_EQ(a.protocol->table().live(), 1U);
}

TEST(Protocol, CloseEndsEverythingThatIsUnderWay) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  a.protocol->add({b.record()}, network.now);
  Outcome<Pong> pong;
  Outcome<LookupResult> found;
  a.protocol->ping(b.contact(), network.now, pong.done());
  a.protocol->lookup(b.id(), network.now, found.done());
  a.protocol->close(network.now);
  ASSERT_TRUE(pong.result && found.result);
  EXPECT_TRUE(pong.result->error().is(opwire::errors::kClosed));
  Outcome<Pong> late;
  a.protocol->ping(b.contact(), network.now, late.done());
  EXPECT_TRUE(late.result && late.result->error().is(opwire::errors::kClosed));
}

TEST(Protocol, TooManyQuestionsAtOnceAreRefused) {
  Network network;
  Node& a = network.add(1, [](ProtocolOptions& options) { options.limits.requests = 5; });
  Node& b = network.add(2);
  std::vector<Outcome<Pong>> pongs(8);
  for (auto& pong : pongs) a.protocol->ping(b.contact(), network.now, pong.done());
  network.run(1s);
  std::size_t refused = 0;
  for (const auto& pong : pongs)
    refused += pong.result && !*pong.result && pong.result->error().is(opwire::errors::kLimit);
  EXPECT_EQ(refused, 3U);
}

TEST(Protocol, WhomItsOwnerVouchesForIsToldToOthersAtOnce) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  Node& known = network.add(3);
  a.protocol->vouch({known.record(), a.record()}, network.now);
  EXPECT_EQ(a.protocol->table().live(), 1U);
  Outcome<std::vector<RecordPtr>> found;
  b.protocol->find_node(a.contact(), {static_cast<std::uint16_t>(log_distance(a.id(), known.id()))}, network.now,
                        found.done());
  network.run(200ms);
  ASSERT_TRUE(found.result && *found.result);
  EXPECT_EQ((*found.result)->size(), 1U);
}

}  // namespace
}  // namespace opwire::discv5
