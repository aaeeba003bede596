#include "opwire/p2p/gossipsub/delivery.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

/// A joined router whose mesh is peers 0 to 7; peer 8 has only subscribed.
class DeliveryTest : public ::testing::Test {
 protected:
  explicit DeliveryTest(Params params = {}) : t(std::move(params)) {
    t.join();
    t.connect_subscribed(0, 9);
    for (unsigned i = 0; i < 8; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
    t.drop_output();
    t.take<Misbehaviour>();
  }
  std::size_t copies() {
    std::size_t count = 0;
    for (unsigned i = 0; i < 20; ++i) count += t.sent(peer_id(i)).messages.size();
    return count;
  }

  TestRouter t;
  const Bytes data = noise(3000, 1);
};

TEST_F(DeliveryTest, AcceptForwardsTheSameBytesToTheMeshButNotBack) {
  const Buffer rpc = Rpc().message(kTopic, data).build();
  ASSERT_TRUE(t.router.on_rpc(peer_id(0), rpc, t.now));
  const auto waiting = t.take<ValidateMessage>();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(copies(), 0u);
  t.router.on_validation_result(waiting[0].message, Verdict::kAccept, t.now);

  EXPECT_TRUE(t.sent(peer_id(0)).messages.empty());
  EXPECT_TRUE(t.sent(peer_id(8)).messages.empty());
  for (unsigned i = 1; i < 8; ++i) {
    const auto frame = t.router.next_frame(peer_id(i));
    ASSERT_TRUE(frame);
    EXPECT_TRUE(frame->body.data() > rpc.data() && frame->body.data() < rpc.data() + rpc.size()) << "copied";
    EXPECT_TRUE(equal(frame->body, data));
  }
}

TEST_F(DeliveryTest, AcceptedIsDeliveredWithWhatTheDecoderFound) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  t.judge(Verdict::kAccept);
  const auto delivered = t.take<DeliverMessage>();
  ASSERT_EQ(delivered.size(), 1u);
  EXPECT_EQ(delivered[0].message->from, peer_id(0));
  EXPECT_EQ(*static_cast<const std::size_t*>(delivered[0].content.get()), data.size());
  EXPECT_EQ(delivered[0].message->content, nullptr);
}

TEST_F(DeliveryTest, RejectedIsDroppedAndReported) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  t.judge(Verdict::kReject);
  const auto blamed = t.take<Misbehaviour>();
  ASSERT_EQ(blamed.size(), 1u);
  EXPECT_EQ(blamed[0].peer, peer_id(0));
  EXPECT_TRUE(blamed[0].error.is(errors::kInvalidMessage));
  t.rpc(peer_id(8), Rpc().iwant({HashDecoder::id_of(kTopic, data)}));
  EXPECT_EQ(copies(), 0u);
}

TEST_F(DeliveryTest, IgnoredIsDroppedButSeen) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  t.judge(Verdict::kIgnore);
  EXPECT_TRUE(t.take<Misbehaviour>().empty());
  EXPECT_EQ(copies(), 0u);
  t.rpc(peer_id(1), Rpc().message(kTopic, data));
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);
}

// The mesh's normal case: one copy is decoded, the others are known by their bytes, before and after the verdict.
TEST_F(DeliveryTest, DuplicatesAreNotDecoded) {
  for (unsigned i = 0; i < 4; ++i) t.rpc(peer_id(i), Rpc().message(kTopic, data));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
  for (unsigned i = 4; i < 8; ++i) t.rpc(peer_id(i), Rpc().message(kTopic, data));
  EXPECT_EQ(t.decoder.decodes, 1u);
  EXPECT_EQ(t.router.stats().duplicate_bytes, 7u);
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);
}

TEST_F(DeliveryTest, RejectedDuplicatesAreNotDecodedEither) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  t.judge(Verdict::kReject);
  for (int i = 0; i < 100; ++i) t.rpc(peer_id(0), Rpc().message(kTopic, data));
  EXPECT_EQ(t.decoder.decodes, 1u);
}

TEST_F(DeliveryTest, AfterTheHistoryDuplicatesAreKnownByTheirId) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  t.judge(Verdict::kAccept);
  for (int i = 0; i < 5; ++i) t.beat();
  t.rpc(peer_id(1), Rpc().message(kTopic, data));
  EXPECT_EQ(t.decoder.decodes, 2u);
  EXPECT_EQ(t.router.stats().duplicate_ids, 1u);
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);
  t.now += 2min;
  t.rpc(peer_id(1), Rpc().message(kTopic, data));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

// G13.
TEST_F(DeliveryTest, TwiceInOneRpcIsOnce) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data).message(kTopic, data));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
  EXPECT_EQ(t.take<DeliverMessage>().size(), 1u);
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
}

TEST_F(DeliveryTest, OtherTopicsAreIgnored) {
  t.rpc(peer_id(0), Rpc().message("/other", data).message("", data));
  EXPECT_EQ(t.decoder.decodes, 0u);
  EXPECT_EQ(t.router.stats().not_subscribed, 2u);
}

// G8: no topic, no data, and every field that StrictNoSign forbids, also when it is empty.
TEST_F(DeliveryTest, StrictNoSign) {
  Bytes no_topic;
  protobuf::Writer(no_topic).bytes(2, data);
  t.rpc(peer_id(0), Rpc().raw_message(no_topic));
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);

  for (const std::uint32_t forbidden : {1, 3, 5, 6}) {
    for (const std::size_t size : {0, 8, 40}) {
      Bytes message;
      protobuf::Writer(message).bytes(2, data).bytes(4, as_bytes(kTopic)).bytes(forbidden, noise(size, 1));
      t.rpc(peer_id(0), Rpc().raw_message(message));
      const auto blamed = t.take<Misbehaviour>();
      ASSERT_EQ(blamed.size(), 1u);
      EXPECT_TRUE(blamed[0].error.is(errors::kUnexpectedAuthor));
    }
  }
  EXPECT_EQ(t.router.stats().refused_author, 12u);
  EXPECT_EQ(t.decoder.decodes, 0u);

  Bytes no_data;
  protobuf::Writer(no_data).bytes(4, as_bytes(kTopic));
  t.rpc(peer_id(0), Rpc().raw_message(no_data));
  EXPECT_EQ(t.judge(Verdict::kReject), 1u);
}

TEST_F(DeliveryTest, PublishedGoesToTheMeshOnceAndNotToOurselves) {
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(data), t.now));
  EXPECT_EQ(copies(), 8u);
  EXPECT_TRUE(t.take<DeliverMessage>().empty());
  const auto again = t.router.publish(kTopic, Buffer::copy_of(data), t.now);
  EXPECT_TRUE(again.error().is(errors::kAlreadySeen));
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);
}

TEST_F(DeliveryTest, PublishRefusesWhatPeersWould) {
  EXPECT_TRUE(t.router.publish("", Buffer::copy_of(data), t.now).error().is(errors::kTopicNotAllowed));
  const std::size_t limit = t.router.params().max_rpc_size;
  std::size_t fits = limit;
  while (message_rpc_size(kTopic, fits) >= limit) --fits;
  EXPECT_TRUE(t.router.publish(kTopic, Buffer::uninitialized(fits + 1), t.now).error().is(errors::kMessageTooLarge));
  EXPECT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(fits, 3)), t.now));
}

TEST_F(DeliveryTest, LeavingWhileAMessageIsValidated) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  const auto waiting = t.take<ValidateMessage>();
  t.router.unsubscribe(kTopic, t.now);
  t.router.on_validation_result(waiting.at(0).message, Verdict::kAccept, t.now);
  EXPECT_TRUE(t.take<DeliverMessage>().empty());
  EXPECT_EQ(copies(), 0u);
}

TEST_F(DeliveryTest, SenderMayGoWhileItsMessageIsValidated) {
  t.rpc(peer_id(0), Rpc().message(kTopic, data));
  const auto waiting = t.take<ValidateMessage>();
  t.disconnect(peer_id(0));
  t.router.on_validation_result(waiting.at(0).message, Verdict::kAccept, t.now);
  EXPECT_EQ(copies(), 7u);
}

// A small message must not hold the whole RPC that it came in.
TEST_F(DeliveryTest, SmallPartOfALargeRpcIsCopiedOut) {
  const Buffer rpc = Rpc().message(kTopic, noise(100, 1)).message("/other", noise(100'000, 2)).build();
  ASSERT_TRUE(t.router.on_rpc(peer_id(0), rpc, t.now));
  EXPECT_EQ(t.take<ValidateMessage>().at(0).message->data.block_size(), 100u);
}

Params few_pending() {
  Params params;
  params.max_pending = 3;
  return params;
}

class ThrottledTest : public DeliveryTest {
 protected:
  ThrottledTest() : DeliveryTest(few_pending()) {}
};

TEST_F(ThrottledTest, WhatFindsNoRoomIsNotSeenAndMayComeAgain) {
  t.rpc(peer_id(0), Rpc().ihave(kTopic, {HashDecoder::id_of(kTopic, noise(100, 3))}));
  for (std::uint64_t i = 0; i < 4; ++i) t.rpc(peer_id(0), Rpc().message(kTopic, noise(100, i)));
  EXPECT_EQ(t.router.stats().throttled, 1u);
  EXPECT_EQ(t.decoder.decodes, 3u);
  EXPECT_EQ(t.judge(Verdict::kAccept), 3u);
  for (int i = 0; i < 4; ++i) t.beat();
  EXPECT_TRUE(t.take<Misbehaviour>().empty()) << "the promise was kept, we could not listen";
  t.rpc(peer_id(1), Rpc().message(kTopic, noise(100, 3)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

Params few_pending_bytes() {
  Params params;
  params.max_pending_bytes = 10'000;
  return params;
}

class ThrottledByBytesTest : public DeliveryTest {
 protected:
  ThrottledByBytesTest() : DeliveryTest(few_pending_bytes()) {}
};

TEST_F(ThrottledByBytesTest, OneAlwaysFits) {
  t.rpc(peer_id(0), Rpc().message(kTopic, noise(50'000, 1)));
  t.rpc(peer_id(0), Rpc().message(kTopic, noise(10, 2)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

}  // namespace
}  // namespace opwire::gossipsub
