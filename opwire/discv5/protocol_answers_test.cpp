// What others answer, line D6 of the catalogue: NODES and PONGs that make no sense.
#include <gtest/gtest.h>

#include <algorithm>

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

/// What a node makes of NODES messages that a stranger answers with.
struct Answered {
  std::vector<RecordPtr> records;
  std::uint64_t unasked = 0;
  std::uint64_t unreachable = 0;
  bool in_time = false;  // without waiting for more
};
Answered answer_nodes(const std::function<std::vector<Message>(const FindNode&, Stranger&, Node&)>& make,
                      std::vector<std::uint16_t> distances) {
  Network network;
  Node& victim = network.add(1);
  Stranger stranger(network, 2);
  stranger.on_request = [&](const Message& request) {
    const auto* find = std::get_if<FindNode>(&request);
    return find == nullptr ? std::vector<Message>{} : make(*find, stranger, victim);
  };
  Contact contact{stranger.record_->id(), {}, stranger.at_, stranger.record_};
  std::copy_n(stranger.record_->public_key().begin(), 33, contact.public_key.begin());
  Outcome<std::vector<RecordPtr>> found;
  victim.protocol->find_node(contact, std::move(distances), network.now, found.done());
  network.run(200ms);
  Answered answered;
  answered.in_time = found.result.has_value();
  network.run(3s);
  if (found.result && *found.result) answered.records = **found.result;
  answered.unasked = victim.dropped(errors::kUnaskedRecord);
  answered.unreachable = victim.dropped(errors::kUnreachableRecord);
  return answered;
}

Bytes record_of(std::size_t number, std::optional<net::Endpoint> at = {}) {
  SeededRng rng(number + 500);
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
  const net::Endpoint endpoint = at ? *at : Network::endpoint(number);
  NodeRecordDraft draft;
  draft.set("ip", endpoint.ip()).set("udp", endpoint.port);
  return to_bytes(draft.sign(key.data(), 1)->encoded());
}

std::vector<std::uint16_t> all_distances() {
  std::vector<std::uint16_t> all;
  for (std::uint16_t distance = 0; distance <= 256; ++distance) all.push_back(distance);
  return all;
}

TEST(ProtocolAnswers, D6NumbersOfMessagesThatMakeNoSense) {
  const auto one_of = [](std::uint8_t total) {
    return answer_nodes([total](const FindNode& find, Stranger&,
                                Node&) { return std::vector<Message>{Nodes{find.id, total, {record_of(7)}}}; },
                        all_distances());
  };
  EXPECT_EQ(one_of(1).records.size(), 1U);
  EXPECT_TRUE(one_of(0).in_time);  // as one
  const Answered many = one_of(255);
  EXPECT_FALSE(many.in_time);  // waited for, but not for ever
  EXPECT_EQ(many.records.size(), 1U);

  const Answered changing = answer_nodes(
      [](const FindNode& find, Stranger&, Node&) {
        return std::vector<Message>{Nodes{find.id, 2, {record_of(7)}}, Nodes{find.id, 200, {record_of(8)}}};
      },
      all_distances());
  EXPECT_TRUE(changing.in_time);
  EXPECT_EQ(changing.records.size(), 2U);
}

TEST(ProtocolAnswers, D6FloodsOfRecordsEndAtSixteen) {
  const Answered flood = answer_nodes(
      [](const FindNode& find, Stranger&, Node&) {
        std::vector<Message> answer;
        for (std::size_t i = 0; i < 16; ++i) {
          answer.emplace_back(Nodes{find.id, 255, {record_of(2 * i + 10), record_of(2 * i + 11)}});
        }
        return answer;
      },
      all_distances());
  EXPECT_TRUE(flood.in_time);
  EXPECT_EQ(flood.records.size(), 16U);
}

TEST(ProtocolAnswers, D6RecordsThatWereNotAskedForAreLeftOut) {
  const Answered wrong = answer_nodes(
      [](const FindNode& find, Stranger& stranger, Node& victim) {
        return std::vector<Message>{Nodes{
            find.id, 1, {record_of(7), to_bytes(stranger.record_->encoded()), to_bytes(victim.record()->encoded())}}};
      },
      {1});
  EXPECT_TRUE(wrong.records.empty());
  EXPECT_EQ(wrong.unasked, 3U);
}

TEST(ProtocolAnswers, D6OurOwnRecordIsNotAPeer) {
  Network network;
  Node& victim = network.add(1);
  victim.protocol->add({victim.record()}, network.now);
  EXPECT_EQ(victim.protocol->table().size(), 0U);
}

TEST(ProtocolAnswers, D6PrivateAddressesOfAPublicNodeAreLeftOut) {
  const ByteArray<4> private_ip{10, 0, 0, 1}, loopback{127, 0, 0, 1};
  const Answered answered = answer_nodes(
      [&](const FindNode& find, Stranger&, Node&) {
        return std::vector<Message>{Nodes{find.id,
                                          1,
                                          {record_of(7, net::Endpoint(private_ip, 30303)),
                                           record_of(8, net::Endpoint(loopback, 30303)), record_of(9)}}};
      },
      all_distances());
  EXPECT_EQ(answered.records.size(), 1U);
  EXPECT_EQ(answered.unreachable, 2U);
}

TEST(ProtocolAnswers, D6RecordsThatDoNotVerifyAndTwinsAreLeftOut) {
  const Answered answered = answer_nodes(
      [](const FindNode& find, Stranger&, Node&) {
        Bytes forged = record_of(8);
        forged[10] ^= 1;
        return std::vector<Message>{Nodes{find.id, 1, {record_of(7), forged, record_of(7)}}};
      },
      all_distances());
  EXPECT_EQ(answered.records.size(), 1U);
}

TEST(ProtocolAnswers, ANodeThatAlwaysTellsOfANewerRecordIsNotAskedWithoutEnd) {
  Network network;
  Node& victim = network.add(1, [](ProtocolOptions& options) { options.announced = {}; });
  Stranger stranger(network, 2);
  std::uint64_t seq = 10;
  stranger.on_request = [&](const Message& request) -> std::vector<Message> {
    if (std::holds_alternative<Ping>(request)) return {Pong{request_id(request), ++seq, {1, 2, 3, 4}, 30303}};
    return {Nodes{request_id(request), 1, {to_bytes(stranger.record_->encoded())}}};
  };
  victim.protocol->add({stranger.record_}, network.now);
  network.run(1s);
  const std::uint64_t begun = victim.protocol->stats().sent;
  network.run(60s);
  EXPECT_LE(victim.protocol->stats().sent - begun, 30U);
}

TEST(ProtocolAnswers, D6ARecordThatNobodyAskedForIsStillHeardOfFromOthers) {
  Network network;
  Node& victim = network.add(1);
  Node& honest = network.add(4);
  Node& told = network.add(3);
  Stranger stranger(network, 2);
  stranger.on_request = [&](const Message& request) -> std::vector<Message> {
    if (!std::holds_alternative<FindNode>(request)) return {};
    return {Nodes{request_id(request), 1, {to_bytes(told.record()->encoded())}}};
  };
  Contact contact{stranger.record_->id(), {}, stranger.at_, stranger.record_};
  std::copy_n(stranger.record_->public_key().begin(), 33, contact.public_key.begin());
  Outcome<std::vector<RecordPtr>> unasked, asked;
  victim.protocol->find_node(contact, {1}, network.now, unasked.done());
  network.run(1s);
  EXPECT_EQ(victim.dropped(errors::kUnaskedRecord), 1U);
  EXPECT_TRUE(victim.records.empty());

  honest.protocol->vouch({told.record()}, network.now);
  const auto distance = static_cast<std::uint16_t>(log_distance(honest.id(), told.id()));
  victim.protocol->find_node(honest.contact(), {distance}, network.now, asked.done());
  network.run(1s);
  EXPECT_TRUE(std::ranges::any_of(victim.records, [&](const RecordPtr& one) { return one->id() == told.id(); }));
}

}  // namespace
}  // namespace opwire::discv5
