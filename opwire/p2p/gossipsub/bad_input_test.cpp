// What no honest peer sends, beside what mesh_test, gossip_test, delivery_test and spam_test have of it.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::message_ids;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

/// A joined router with peer 0 in its mesh.
class BadInputTest : public ::testing::Test {
 protected:
  explicit BadInputTest(Params params = {}) : t(std::move(params)) {
    t.join();
    peer = t.connect_subscribed(0, 1)[0];
    t.rpc(peer, Rpc().graft(kTopic));
    t.drop_output();
    t.take<Misbehaviour>();
  }
  /// The RPC is taken, and nothing whatever comes of it.
  void expect_ignored(const Bytes& rpc) {
    ASSERT_TRUE(t.router.on_rpc(peer, Buffer::copy_of(rpc), t.now));
    Actions actions;
    t.router.take_actions(actions);
    EXPECT_TRUE(actions.empty());
    EXPECT_TRUE(t.sent(peer).empty());
    EXPECT_EQ(t.router.topics(), std::vector{kTopic});
  }

  TestRouter t;
  PeerId peer = peer_id(0);
};

// G1: the clamp's other side: what we say ourselves is what we were told to.
TEST_F(BadInputTest, PruneOfEveryBackoffLeavesOneEntry) {
  for (const std::uint64_t seconds :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 31, (std::uint64_t{1} << 63) - 1, ~std::uint64_t{0},
        std::uint64_t{9223372036854674580u}}) {
    t.rpc(peer, Rpc().prune(kTopic, seconds));
    EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  }
  t.now += 1h;
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.mesh_peers(kTopic), std::vector{peer}) << "an hour is the longest";
}

// G2: unknown topics, and ones that we have left.
TEST_F(BadInputTest, GraftsWhereWeAreNotFindSilence) {
  t.router.unsubscribe(kTopic, t.now);
  t.drop_output();
  for (int i = 0; i < 10'000; ++i) t.rpc(peer, Rpc().graft(i % 2 == 0 ? kTopic : "/unknown"));
  EXPECT_TRUE(t.sent(peer).empty());
  EXPECT_TRUE(t.take<Misbehaviour>().empty());
  EXPECT_EQ(t.router.topics(), std::vector{kTopic}) << "while its back-off lasts and the peer is subscribed";
}

// G3: a flood of GRAFTs in back-off is answered by one PRUNE until we can write again, and each is blamed.
TEST_F(BadInputTest, GraftFloodCostsOneAnswer) {
  t.rpc(peer, Rpc().prune(kTopic, 60));
  for (int i = 0; i < 1000; ++i) t.rpc(peer, Rpc().graft(kTopic));
  unsigned blamed = 0;
  for (const auto& action : t.take<Misbehaviour>())
    blamed += action.error.is(errors::kGraftInBackoff) ? action.count : 0;
  EXPECT_EQ(blamed, 2000u);
  EXPECT_EQ(t.sent(peer).prune.size(), 1u);
}

// G4, G6: ids that we would never make, in every list; G5 with them.
TEST_F(BadInputTest, IdsOfNoMessageAreNotAskedFor) {
  Bytes ihave;
  protobuf::Writer(ihave).bytes(1, as_bytes(kTopic)).bytes(2, {}).bytes(2, Bytes(56, 1)).bytes(2, Bytes(64 * 1024, 1));
  Bytes list;
  protobuf::Writer(list).bytes(1, {}).bytes(1, Bytes(56, 1)).bytes(1, Bytes(64 * 1024, 1));
  Bytes control;
  protobuf::Writer(control).bytes(1, ihave).bytes(2, list).bytes(5, list);
  Bytes rpc;
  protobuf::Writer(rpc).bytes(3, control);
  expect_ignored(rpc);
  for (int i = 0; i < 5; ++i) t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 0u);
}

// G6: as many ids as an RPC can hold; the queue of a peer that has much waiting is looked through ten times at most.
TEST_F(BadInputTest, IdontwantOfAMegabyte) {
  t.rpc(peer, Rpc().idontwant(message_ids(45'000)));
  EXPECT_EQ(t.router.stats().idontwant_ignored, 1u);
  Rpc rpc;
  for (int i = 0; i < 5001; ++i) rpc.idontwant(message_ids(1));
  t.rpc(peer, rpc);
  EXPECT_EQ(t.router.stats().entries_passed_over, 1u);
  EXPECT_EQ(t.router.stats().idontwant_ignored, 2u);
}

// G7: subscribing to one topic after the other and leaving each at once leaves nothing.
TEST_F(BadInputTest, SubscriptionsThatComeAndGoLeaveNothing) {
  for (int round = 0; round < 10; ++round) {
    Rpc rpc;
    for (int i = 0; i < 1000; ++i) {
      const std::string topic = "/random/" + std::to_string(round * 1000 + i);
      rpc.subscribe(topic).subscribe(topic, false);
    }
    t.rpc(peer, rpc);
    t.take<TopicChange>();
    EXPECT_LE(t.router.topics().size(), 501u);
  }
  t.disconnect(peer);
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
}

TEST_F(BadInputTest, LeavingTopicsThatWereNeverJoinedIsNothing) {
  t.rpc(peer, Rpc().subscribe("/never", false).subscribe("", false).subscribe(std::string(100'000, 't'), false));
  EXPECT_TRUE(t.take<TopicChange>().empty());
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
}

// G9: the extensions of version 1.3 are not spoken here: in the first RPC, late or twice, they are unknown fields.
TEST_F(BadInputTest, ExtensionsAreUnknownFields) {
  Bytes extensions;
  protobuf::Writer(extensions).varint(10, 1).varint(6492434, 1);
  Bytes control;
  protobuf::Writer(control).bytes(6, extensions).bytes(6, extensions);
  Bytes rpc;
  protobuf::Writer(rpc).bytes(3, control).bytes(6492434, {});
  expect_ignored(rpc);
  expect_ignored(rpc);
  Bytes nonsense;
  protobuf::Writer(nonsense).bytes(6, Bytes(100, 0xff));
  rpc.clear();
  protobuf::Writer(rpc).bytes(3, nonsense);
  expect_ignored(rpc);
}

// G16: nor are partial messages: whatever is in them is not looked at, and nothing of it stays.
TEST_F(BadInputTest, PartialMessagesAreUnknownFields) {
  Bytes partial;
  protobuf::Writer(partial)
      .bytes(1, as_bytes(kTopic))
      .bytes(2, Bytes(900'000, 7))
      .bytes(3, noise(100, 1))
      .bytes(4, Bytes(3, 0xff));
  Bytes rpc;
  protobuf::Writer(rpc).bytes(10, partial);
  expect_ignored(rpc);
  rpc.clear();
  for (int i = 0; i < 100'000; ++i) protobuf::Writer(rpc).bytes(10, Bytes{0x12, 0x01, static_cast<std::uint8_t>(i)});
  expect_ignored(rpc);
  Bytes subscription;
  protobuf::Writer(subscription).varint(1, 1).bytes(2, as_bytes(kTopic)).varint(3, 1).varint(4, 1);
  rpc.clear();
  protobuf::Writer(rpc).bytes(1, subscription);
  expect_ignored(rpc);
}

// G13, under every verdict: one RPC with the same message a thousand times.
TEST_F(BadInputTest, AThousandCopiesInOneRpcAreOneMessage) {
  std::uint64_t seed = 0;
  for (const Verdict verdict : {Verdict::kAccept, Verdict::kReject, Verdict::kIgnore}) {
    Rpc rpc;
    ++seed;
    for (int i = 0; i < 1000; ++i) rpc.message(kTopic, noise(100, seed));
    t.rpc(peer, rpc);
    EXPECT_EQ(t.judge(verdict), 1u);
  }
  EXPECT_EQ(t.decoder.decodes, 3u);
  EXPECT_EQ(t.router.stats().duplicate_bytes, 3u * 999);
}

Params large_messages() {
  Params params;
  params.max_rpc_size = std::size_t{11} << 20;
  return params;
}

class LargeMessagesTest : public BadInputTest {
 protected:
  LargeMessagesTest() : BadInputTest(large_messages()) {}
};

// G15: one message of ten megabytes always fits into a queue, more of them do not; control still gets through.
TEST_F(LargeMessagesTest, PeerThatNeverReadsWhileWePublishLargeMessages) {
  Bytes data(std::size_t{10} << 20);
  for (std::uint64_t i = 0; i < 8; ++i) {
    store_be(data.data(), i);
    ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(data), t.now));
  }
  EXPECT_EQ(t.router.stats().messages_queued, 1u);
  EXPECT_EQ(t.router.stats().messages_dropped, 7u);
  t.router.unsubscribe(kTopic, t.now);
  const auto frame = t.router.next_frame(peer);
  ASSERT_TRUE(frame);
  EXPECT_LT(frame->size(), 1000u) << "control goes first";
}

// G19 belongs to whoever decodes (opstack/gossip); here: what a decoder makes of data counts against the limit, so that
// many small bombs do not add up.
class BombDecoder final : public MessageDecoder {
 public:
  Decoded decode(const MessageView& message) override {
    return {test::HashDecoder::id_of(message.topic, message.data), nullptr, std::size_t{10} << 20};
  }
};

TEST(Bombs, WhatDataUnpackToCountsAgainstTheLimit) {
  BombDecoder decoder;
  SeededRng rng(1);
  Params params;
  params.max_pending_bytes = std::size_t{64} << 20;
  Router router(params, RouterContext(TestRouter::self(), decoder, rng));
  const TimePoint now{1h};
  ASSERT_TRUE(router.subscribe(kTopic, now));
  router.on_peer_connected(peer_id(0), Version::kV12, false, test::address_of(0));
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(router.on_rpc(peer_id(0), Rpc().message(kTopic, noise(50, i)).build(), now));
  }
  EXPECT_EQ(router.stats().decoded, 7u) << "seven times ten megabytes are more than 64";
  EXPECT_EQ(router.stats().throttled, 93u);
  Actions actions;
  router.take_actions(actions);
  for (const Action& action : actions) {
    if (const auto* validate = std::get_if<ValidateMessage>(&action)) {
      router.on_validation_result(validate->message, Verdict::kIgnore, now);
    }
  }
  ASSERT_TRUE(router.on_rpc(peer_id(0), Rpc().message(kTopic, noise(50, 99)).build(), now));
  EXPECT_EQ(router.stats().decoded, 8u) << "and what was judged makes room";
}

// The first two bytes are the size in 64 KiB that it says it unpacks to, and does.
class SizedDecoder final : public MessageDecoder {
 public:
  Decoded decode(const MessageView& message) override {
    return {test::HashDecoder::id_of(message.topic, message.data), nullptr, declared_size(message)};
  }
  std::size_t declared_size(const MessageView& message) override {
    return std::size_t{load_le<std::uint16_t>(message.data.data())} << 16;
  }
};

Bytes sized(std::uint16_t units, std::uint64_t seed) {
  Bytes data = noise(50, seed);
  store_le(data.data(), units);
  return data;
}

TEST(Bombs, LeaveRoomForUsualMessages) {
  constexpr std::uint16_t kTenMiB = 160, kHalfMiB = 8, kNearlyHalfMiB = 7;
  SizedDecoder decoder;
  SeededRng rng(1);
  Params params;
  params.max_pending_bytes = std::size_t{64} << 20;
  Router router(params, RouterContext(TestRouter::self(), decoder, rng));
  const TimePoint now{1h};
  ASSERT_TRUE(router.subscribe(kTopic, now));
  router.on_peer_connected(peer_id(0), Version::kV12, false, test::address_of(0));
  std::uint64_t seed = 0;
  const auto decoded_of = [&](int count, std::uint16_t units) {
    const auto before = router.stats().decoded;
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(router.on_rpc(peer_id(0), Rpc().message(kTopic, sized(units, ++seed)).build(), now));
    }
    return router.stats().decoded - before;
  };
  EXPECT_EQ(decoded_of(20, kTenMiB), 4u) << "five times ten megabytes are more than 48";
  EXPECT_EQ(decoded_of(20, kHalfMiB), 15u) << "with 50 bytes it is large, and there are eight megabytes for those";
  EXPECT_EQ(decoded_of(20, kNearlyHalfMiB), 20u);
  Actions actions;
  router.take_actions(actions);
  for (const Action& action : actions) {
    if (const auto* validate = std::get_if<ValidateMessage>(&action)) {
      router.on_validation_result(validate->message, Verdict::kIgnore, now);
    }
  }
  EXPECT_EQ(decoded_of(20, kTenMiB), 4u) << "and what was judged makes room";
}

}  // namespace
}  // namespace opwire::gossipsub
