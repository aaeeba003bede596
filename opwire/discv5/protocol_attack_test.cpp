// Bad input and attacks: the lines D of the catalogue that concern a running node. Those of single packets, messages
// and records are with their parsers.
#include <gtest/gtest.h>

#include <algorithm>

#include "opwire/codec/rlp.hpp"
#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/network_for_test.hpp"

namespace opwire::discv5 {
namespace {

using namespace std::chrono_literals;
using test::Network;
using test::Node;
using test::Outcome;
using test::Stranger;

const RequestId kId{1, 2, 3, 4, 5, 6, 7, 8};

Bytes ping_with_id(ByteView id) {
  Bytes out;
  codec::rlp::append_bytes(out, id);
  codec::rlp::append_uint(out, 1);
  codec::rlp::wrap_list(out, 0);
  out.insert(out.begin(), 1);
  return out;
}

std::size_t nodes_messages(const Stranger& stranger, std::size_t* records = nullptr) {
  std::size_t count = 0;
  for (const Bytes& bytes : stranger.received) {
    const auto message = parse_message(bytes);
    if (!message || !std::holds_alternative<Nodes>(*message)) continue;
    ++count;
    if (records != nullptr) *records += std::get<Nodes>(*message).records.size();
  }
  return count;
}

std::vector<Pong> pongs(const Stranger& stranger) {
  std::vector<Pong> found;
  for (const Bytes& bytes : stranger.received) {
    const auto message = parse_message(bytes);
    if (message && std::holds_alternative<Pong>(*message)) found.push_back(std::get<Pong>(*message));
  }
  return found;
}

TEST(ProtocolAttack, D1D2DatagramsThatAreNoPacketsAreDroppedByName) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  for (const std::size_t size : {0, 1, 62, 1281, 65507}) stranger.send_datagram(victim.at, Bytes(size));
  stranger.send_datagram(victim.at, Bytes(63));
  network.run(1s);
  EXPECT_EQ(victim.dropped(errors::kPacketSize), 5U);
  EXPECT_EQ(victim.dropped(errors::kBadPacket), 1U);
  EXPECT_EQ(stranger.received_bytes, 0U);
}

TEST(ProtocolAttack, D3ChallengesAboutNothingOfOursAreIgnored) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  PacketNonce nonce{};
  stranger.send_datagram(victim.at,
                         stranger.sessions_.challenge({victim.id(), victim.at}, nonce, nullptr, network.now));
  network.run(1s);
  EXPECT_EQ(victim.dropped(errors::kUnexpectedChallenge), 1U);
  EXPECT_EQ(victim.protocol->sessions(), 0U);
  EXPECT_EQ(stranger.received_bytes, 0U);
}

TEST(ProtocolAttack, D3AChallengeFromElsewhereThanTheNodeThatWasAskedIsIgnored) {
  Network network;
  Node& a = network.add(1);
  Node& b = network.add(2);
  Stranger stranger(network, 3);
  PacketNonce nonce{};
  network.passes = [&](Network::Flight& flight) {
    if (flight.from != a.at) return true;
    nonce = parse_packet(b.id(), flight.bytes)->nonce;  // overheard
    return false;
  };
  Outcome<Pong> pong;
  a.protocol->ping(b.contact(), network.now, pong.done());
  stranger.send_datagram(a.at, stranger.sessions_.challenge({a.id(), a.at}, nonce, nullptr, network.now));
  network.run(100ms);
  EXPECT_EQ(a.dropped(errors::kUnexpectedChallenge), 1U);
  EXPECT_EQ(a.protocol->sessions(), 0U);
}

TEST(ProtocolAttack, D3ANodeThatChallengesAgainAndAgainIsGivenUp) {
  Network network;
  Node& a = network.add(1);
  Stranger stranger(network, 2);
  network.others[stranger.at_] = [&](const Network::Flight& flight) {
    const auto packet = parse_packet(stranger.record_->id(), flight.bytes);
    Sessions forgetful(stranger.record_->id(), stranger.key_, Limits(), stranger.rng_);
    stranger.send_datagram(flight.from, forgetful.challenge({a.id(), a.at}, packet->nonce, nullptr, network.now));
  };
  Outcome<Pong> pong;
  Contact contact{stranger.record_->id(), {}, stranger.at_, stranger.record_};
  std::copy_n(stranger.record_->public_key().begin(), 33, contact.public_key.begin());
  a.protocol->ping(contact, network.now, pong.done());
  network.run(5s);
  ASSERT_TRUE(pong.result);
  EXPECT_FALSE(*pong.result);
  EXPECT_LE(a.protocol->stats().sent, 4U);
}

TEST(ProtocolAttack, D4HandshakesThatDoNotHoldMakeNoSession) {
  struct Case {
    const char* what;
    std::function<void(Stranger&)> prepare;
    const ErrorKind* error;
  };
  const Case cases[] = {
      {"record of another key", [](Stranger& stranger) { stranger.record_ = Stranger(stranger.network_, 77).record_; },
       &errors::kForeignRecord},
      {"changed on the way",
       [](Stranger& stranger) { stranger.on_handshake = [](Bytes& datagram) { datagram.back() ^= 1; }; }, nullptr},
      {"signature changed",
       [](Stranger& stranger) {
         // Masking is a stream cipher, so a flipped bit arrives as a flipped bit.
         stranger.on_handshake = [](Bytes& datagram) { datagram[16 + 23 + 34 + 10] ^= 1; };
       },
       nullptr},
      {"ephemeral key is no point",
       [](Stranger& stranger) { stranger.on_handshake = [](Bytes& datagram) { datagram[16 + 23 + 34 + 64] ^= 0xff; }; },
       nullptr},
  };
  for (const Case& one : cases) {
    Network network;
    Node& victim = network.add(1);
    Stranger stranger(network, 2);
    one.prepare(stranger);
    stranger.send(victim.contact(), ping_with_id(kId));
    network.run(500ms);
    EXPECT_EQ(stranger.challenged, 1U) << one.what;
    EXPECT_EQ(victim.protocol->sessions(), 0U) << one.what;
    EXPECT_EQ(victim.protocol->table().size(), 0U) << one.what;
    EXPECT_FALSE(victim.protocol->stats().dropped.empty()) << one.what;
    if (one.error != nullptr) EXPECT_EQ(victim.dropped(*one.error), 1U) << one.what;
  }
}

TEST(ProtocolAttack, D4AHandshakeWithoutRecordOfAnUnknownNodeIsRefused) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  network.others[stranger.at_] = [&](const Network::Flight& flight) {
    auto incoming = stranger.sessions_.open(flight.from, flight.bytes, network.now);
    auto challenge = std::get<Sessions::Challenge>(*incoming);
    challenge.header.record_seq = 1000;  // as if our latest was known
    stranger.send_datagram(
        flight.from,
        stranger.sessions_.answer(victim.contact(), challenge, *stranger.record_, ping_with_id(kId))->datagram);
  };
  stranger.send(victim.contact(), ping_with_id(kId));
  network.run(500ms);
  EXPECT_EQ(victim.dropped(errors::kNoRecord), 1U);
  EXPECT_EQ(victim.protocol->sessions(), 0U);
}

TEST(ProtocolAttack, D4AnOlderRecordDoesNotReplaceANewerOne) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  const RecordPtr newer = stranger.sign(9);
  victim.protocol->add({newer}, network.now);
  stranger.record_ = stranger.sign(3);
  // The WHOAREYOU says that seq 9 is known; a record is sent all the same.
  network.others[stranger.at_] = [&](const Network::Flight& flight) {
    auto incoming = stranger.sessions_.open(flight.from, flight.bytes, network.now);
    if (!incoming || !std::holds_alternative<Sessions::Challenge>(*incoming)) return;
    auto challenge = std::get<Sessions::Challenge>(*incoming);
    challenge.header.record_seq = 0;
    stranger.send_datagram(
        flight.from,
        stranger.sessions_.answer(victim.contact(), challenge, *stranger.record_, ping_with_id(kId))->datagram);
  };
  stranger.send(victim.contact(), ping_with_id(kId));
  network.run(300ms);
  EXPECT_EQ(victim.protocol->stats().handshakes, 1U);
  EXPECT_EQ(victim.protocol->table().find(stranger.record_->id())->seq(), 9U);
}

TEST(ProtocolAttack, D4AForgedHandshakeDoesNotKeepTheRealOneOut) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  stranger.on_handshake = [&](Bytes& datagram) {
    Bytes forged = datagram;
    forged.back() ^= 1;
    stranger.send_datagram(victim.at, forged);
  };
  stranger.send(victim.contact(), ping_with_id(kId));
  network.run(500ms);
  EXPECT_EQ(victim.protocol->sessions(), 1U);
}

TEST(ProtocolAttack, D5AWrongTagIsAnsweredByAChallengeAndTheSessionStays) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  const Contact to = victim.contact();
  stranger.send(to, ping_with_id(kId));
  network.run(500ms);
  ASSERT_EQ(victim.protocol->stats().handshakes, 1U);

  const Peer peer{to.id, to.endpoint};
  for (int i = 0; i < 300; ++i) {
    Bytes wrong = stranger.sessions_.seal(peer, ping_with_id(kId))->datagram;
    wrong.back() ^= 1;
    stranger.send_datagram(victim.at, wrong);
  }
  network.others[stranger.at_] = [&](const Network::Flight& flight) { stranger.received_bytes += flight.bytes.size(); };
  stranger.received_bytes = 0;
  network.run(100ms);
  EXPECT_LE(stranger.received_bytes, 101U * 63U);  // the burst of one address
  EXPECT_GE(victim.dropped(errors::kTooManyAnswers), 199U);

  network.run(10s);
  const std::uint64_t before = victim.protocol->stats().sent;
  stranger.send_datagram(victim.at, stranger.sessions_.seal(peer, ping_with_id(kId))->datagram);
  network.run(100ms);
  EXPECT_EQ(victim.protocol->stats().sent, before + 1);  // a PONG, under the old session
  EXPECT_EQ(victim.protocol->stats().handshakes, 1U);
}

TEST(ProtocolAttack, D7RequestIdsAreEchoedAsTheyAreOrRefused) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  const Bytes ids[] = {{}, {0, 0}, {0, 1, 2, 3, 4, 5, 6, 7}};
  for (const Bytes& id : ids) {
    stranger.send(victim.contact(), ping_with_id(id));
    network.run(200ms);
    ASSERT_EQ(pongs(stranger).size(), 1U);
    EXPECT_EQ(pongs(stranger)[0].id, id);
    stranger.received.clear();
  }
  stranger.send(victim.contact(), ping_with_id(Bytes(9, 1)));
  network.run(200ms);
  EXPECT_TRUE(pongs(stranger).empty());
  EXPECT_EQ(victim.dropped(errors::kBadMessage), 1U);
}

TEST(ProtocolAttack, D8FindnodeForEverythingGetsSixteenRecordsInPacketsThatFit) {
  Network network;
  Node& victim = network.add(1);
  for (std::size_t i = 10; i < 60; ++i) victim.protocol->add({network.add(i).record()}, network.now);
  network.run(30s);
  Stranger stranger(network, 2);
  FindNode all{kId, {}};
  for (std::uint16_t distance = 0; distance <= 300; ++distance) all.distances.push_back(distance);
  network.keep = true;
  stranger.send(victim.contact(), encode_message(all));
  network.run(1s);
  std::size_t records = 0;
  EXPECT_GE(nodes_messages(stranger, &records), 2U);
  EXPECT_EQ(records, 16U);
  for (const auto& flight : network.sent) EXPECT_LE(flight.bytes.size(), kMaxPacket);
}

TEST(ProtocolAttack, D9ATalkRequestOfALongProtocolIsAnsweredWithNothing) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  stranger.send(victim.contact(), encode_message(Ping{kId, 1}));
  network.run(200ms);
  stranger.received.clear();
  stranger.send(victim.contact(), encode_message(TalkRequest{kId, Bytes(1150, 'x'), {}}));
  network.run(200ms);
  ASSERT_EQ(stranger.received.size(), 1U);
  EXPECT_TRUE(std::get<TalkResponse>(*parse_message(stranger.received[0])).message.empty());
}

TEST(ProtocolAttack, D10APacketThatIsSentAgainIsNotAnsweredAgain) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  const Contact to = victim.contact();
  stranger.send(to, encode_message(Ping{kId, 1}));
  network.run(200ms);
  const Bytes find = stranger.sessions_.seal({to.id, to.endpoint}, encode_message(FindNode{kId, {0}}))->datagram;
  for (int i = 0; i < 20; ++i) stranger.send_datagram(victim.at, find);
  stranger.received.clear();
  network.run(200ms);
  EXPECT_EQ(nodes_messages(stranger), 1U);
  EXPECT_EQ(victim.dropped(errors::kReplayed), 19U);
}

TEST(ProtocolAttack, D11WhoIsNotProvenToBeThereGetsNoMoreThanItSent) {
  Network network;
  Node& victim = network.add(1);
  SeededRng rng(3);
  std::size_t sent = 0, answered = 0;
  network.passes = [&](Network::Flight& flight) {
    answered += flight.bytes.size();
    return false;
  };
  // All the kinds of packets that claim to come from somewhere, as small as they can be.
  for (std::size_t i = 0; i < 2000; ++i) {
    Stranger claimed(network, 100 + i % 500);
    Bytes datagram = claimed.sessions_.opening(victim.id()).datagram;
    if (i % 3 == 0) datagram.resize(16 + 23 + 32);
    sent += datagram.size();
    victim.protocol->on_datagram(claimed.at_, datagram, network.now);
  }
  EXPECT_GT(answered, 0U);
  EXPECT_LE(answered, sent);
}

TEST(ProtocolAttack, SessionFloodsFromManyEndpointsStayBoundedAndHonestSessionsStand) {
  Network network;
  Node& victim = network.add(1, [](ProtocolOptions& options) {
    options.limits.sessions = 50;
    options.limits.challenges = 50;
    options.limits.handshakes_per_second = 1e9;
  });
  Node& honest = network.add(2);
  Outcome<Pong> before;
  victim.protocol->ping(honest.contact(), network.now, before.done());
  network.run(200ms);
  ASSERT_TRUE(before.result && *before.result);
  const std::uint64_t sent = victim.protocol->stats().sent;

  std::vector<std::unique_ptr<Stranger>> crowd;
  for (std::size_t i = 0; i < 400; ++i) {
    crowd.push_back(std::make_unique<Stranger>(network, 1000 + i));
    crowd.back()->send(victim.contact(), encode_message(Ping{kId, 1}));
    if (i % 10 == 0) network.run(50ms);
  }
  network.run(1s);
  EXPECT_GT(victim.protocol->stats().handshakes, 200U);
  EXPECT_LE(victim.protocol->sessions(), 100U);

  // One datagram there, one back: the session with whom we asked is still there.
  Outcome<Pong> after;
  const std::uint64_t handshakes = honest.protocol->stats().handshakes;
  victim.protocol->ping(honest.contact(), network.now, after.done());
  network.run(200ms);
  EXPECT_TRUE(after.result && *after.result);
  EXPECT_EQ(honest.protocol->stats().handshakes, handshakes);
  EXPECT_GT(victim.protocol->stats().sent, sent);
}

TEST(ProtocolAttack, HandshakesAreLimitedAndOursGoOn) {
  Network network;
  Node& victim = network.add(1, [](ProtocolOptions& options) { options.limits.handshakes_per_second = 10; });
  std::vector<std::unique_ptr<Stranger>> crowd;
  for (std::size_t i = 0; i < 100; ++i) {
    crowd.push_back(std::make_unique<Stranger>(network, 1000 + i));
    crowd.back()->send(victim.contact(), encode_message(Ping{kId, 1}));
  }
  Node& honest = network.add(2);
  Outcome<Pong> pong;
  victim.protocol->ping(honest.contact(), network.now, pong.done());
  network.run(200ms);
  EXPECT_LE(victim.protocol->stats().handshakes, 22U);
  EXPECT_GE(victim.dropped(errors::kTooManyHandshakes), 78U);
  EXPECT_TRUE(pong.result && *pong.result);
}

TEST(ProtocolAttack, OurOwnLimitIsNobodysSilence) {
  Network network;
  Node& victim = network.add(1, [](ProtocolOptions& options) { options.limits.requests = 4; });
  Node& live = network.add(2);
  victim.protocol->vouch({live.record()}, network.now);
  const Contact nobody = network.add(3).contact();
  network.nodes.erase(nobody.endpoint);
  std::vector<Outcome<Pong>> pongs(4);
  for (int round = 0; round < 20; ++round) {
    for (auto& pong : pongs) victim.protocol->ping(nobody, network.now, pong.done());
    network.run(2s);
  }
  EXPECT_EQ(victim.protocol->table().live(), 1U);
}

}  // namespace
}  // namespace opwire::discv5
