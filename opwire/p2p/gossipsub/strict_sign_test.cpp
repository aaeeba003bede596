// Messages with authors, on their way through a router.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using test::Surroundings;

crypto::PrivateKey key_of(std::uint64_t seed) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
}

Bytes encode(ByteView data, const Authorship& author) {
  Bytes message;
  append_message_fields(message, kTopic, data, author);
  return message;
}

Params strict() {
  Params params;
  params.signing = SignaturePolicy::kStrictSign;
  Scoring scoring;
  TopicScoreParams topic;
  topic.weight = 1;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.9;
  scoring.params.topics[kTopic] = topic;
  scoring.thresholds.gossip = scoring.thresholds.publish = -1000;
  scoring.thresholds.graylist = -10'000;
  params.scoring = std::move(scoring);
  return params;
}
Surroundings with_author() {
  Surroundings given;
  given.author.emplace(key_of(1), 100);
  return given;
}

/// A joined router that signs as key 1; its mesh is peers 0 to 5. Key 2's owner is no neighbour at first.
class StrictSignTest : public ::testing::Test {
 protected:
  StrictSignTest() {
    t.join();
    for (const PeerId& peer : t.connect_subscribed(0, 6)) t.rpc(peer, Rpc().graft(kTopic));
    t.drop_output();
    t.take<Misbehaviour>();
  }
  void expect_refused(const Bytes& message, const ErrorKind& why) {
    const double before = t.router.score(peer_id(0));
    const auto refused = t.router.stats().refused_author;
    t.rpc(peer_id(0), Rpc().raw_message(message));
    EXPECT_LT(t.router.score(peer_id(0)), before) << why.name;
    Actions actions;
    t.router.take_actions(actions);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_TRUE(std::get<Misbehaviour>(actions[0]).error.is(why)) << std::get<Misbehaviour>(actions[0]).error.name();
    EXPECT_EQ(t.router.stats().refused_author, refused + 1);
  }

  test::TestRouter t{strict(), with_author()};
  Author author{key_of(2), 1};
  const Bytes data = noise(2000, 1);
};

TEST_F(StrictSignTest, ForwardsWhatItGot) {
  const Bytes message = encode(data, author.sign(kTopic, data));
  t.rpc(peer_id(0), Rpc().raw_message(message));
  ASSERT_EQ(t.judge(Verdict::kAccept), 1u);
  EXPECT_FALSE(t.router.next_frame(peer_id(0)));
  Bytes expected;
  protobuf::Writer(expected).bytes(2, message);
  while (const auto frame = t.router.next_frame(peer_id(1))) {
    if (!frame->body.empty()) EXPECT_TRUE(equal(test::received(*frame), expected)) << "byte by byte";
  }
  const auto delivered = t.take<DeliverMessage>();
  ASSERT_EQ(delivered.size(), 1u);
  EXPECT_EQ(delivered[0].message->author, author.id());
  EXPECT_EQ(delivered[0].message->from, peer_id(0));
}

TEST_F(StrictSignTest, PublishesWhatOthersVerify) {
  const auto message = t.router.publish(kTopic, Buffer::copy_of(data), t.now);
  ASSERT_TRUE(message);
  bool found = false;
  while (const auto frame = t.router.next_frame(peer_id(1))) {
    if (frame->body.empty()) continue;
    const Buffer rpc = test::received(*frame);
    RpcView view;
    ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
    EXPECT_EQ(verify_authorship(view.messages.at(0)).value(), PeerId::of(key_of(1).public_key()));
    EXPECT_EQ(load_be<std::uint64_t>(view.messages.at(0).seqno->data()), 100u);
    found = true;
  }
  EXPECT_TRUE(found);
}

TEST_F(StrictSignTest, UnsignedAndHalfSignedMessagesAreRefused) {
  Authorship fields = author.sign(kTopic, data);
  expect_refused(encode(data, {}), errors::kUnsigned);
  Authorship part = fields;
  part.signature.clear();
  expect_refused(encode(data, part), errors::kUnsigned);
  part = fields;
  part.from.clear();
  expect_refused(encode(data, part), errors::kBadAuthor);
  part = fields;
  part.seqno.clear();
  expect_refused(encode(data, part), errors::kBadSeqno);
  part = fields;
  part.key = to_bytes(as_bytes("a key"));
  expect_refused(encode(data, part), errors::kBadAuthor);
  part = fields;
  part.signature[3] ^= 1;
  expect_refused(encode(data, part), errors::kBadMessageSignature);
  EXPECT_FALSE(t.router.next_frame(peer_id(1))) << "not a word of it goes on, IDONTWANT included";
}

// A forgery has the id of the real message, which must get through afterwards, from the same peer even.
TEST_F(StrictSignTest, AForgeryDoesNotKeepTheRealMessageOut) {
  const Authorship fields = author.sign(kTopic, data);
  Authorship forged = fields;
  forged.signature[0] ^= 1;
  for (int i = 0; i < 3; ++i) expect_refused(encode(data, forged), errors::kBadMessageSignature);
  t.rpc(peer_id(0), Rpc().raw_message(encode(data, fields)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

// G8: our own id as the author, whether or not the signature is ours.
TEST_F(StrictSignTest, OurOwnIdAsAuthorIsRefused) {
  Author ourselves(key_of(1), 1);
  expect_refused(encode(data, ourselves.sign(kTopic, data)), errors::kOwnMessage);
  Authorship claimed = author.sign(kTopic, data);
  claimed.from = to_bytes(ourselves.id().bytes());
  expect_refused(encode(data, claimed), errors::kOwnMessage);
  EXPECT_EQ(t.decoder.decodes, 0u);
}

TEST_F(StrictSignTest, AuthorsAreNotSentTheirOwnMessage) {
  t.router.on_peer_connected(author.id(), Version::kV12, false, test::address_of(20));
  t.rpc(author.id(), Rpc().subscribe(kTopic).graft(kTopic));
  t.sent(author.id());
  t.rpc(peer_id(0), Rpc().raw_message(encode(data, author.sign(kTopic, data))));
  ASSERT_EQ(t.judge(Verdict::kAccept), 1u);
  EXPECT_TRUE(t.sent(author.id()).messages.empty());
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
}

// The same words again are a message of their own when the ids say so: no comparison of bytes decides.
TEST_F(StrictSignTest, DuplicatesAreKnownByIdAlone) {
  const Authorship fields = author.sign(kTopic, data);
  t.rpc(peer_id(0), Rpc().raw_message(encode(data, fields)));
  t.rpc(peer_id(1), Rpc().raw_message(encode(data, fields)));
  EXPECT_EQ(t.router.stats().duplicate_ids, 1u);
  EXPECT_EQ(t.router.stats().duplicate_bytes, 0u);
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

TEST_F(StrictSignTest, IwantIsAnsweredWithTheAuthorship) {
  const Authorship fields = author.sign(kTopic, data);
  t.rpc(peer_id(0), Rpc().raw_message(encode(data, fields)));
  t.judge(Verdict::kAccept);
  const PeerId late = t.connect(30);
  t.sent(late);
  t.rpc(late, Rpc().iwant({HashDecoder::id_of(kTopic, data)}));
  const auto frame = t.router.next_frame(late);
  ASSERT_TRUE(frame);
  const Buffer rpc = test::received(*frame);
  RpcView view;
  ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
  EXPECT_EQ(verify_authorship(view.messages.at(0)).value(), author.id());
}

// With ids of author and sequence number, two authors may say the same, and one may repeat itself.
TEST(StrictSign, IdsOfAuthorAndSequenceNumber) {
  AuthorDecoder decoder;
  SeededRng rng(1);
  RouterContext context(PeerId::of(key_of(1).public_key()), decoder, rng);
  context.author.emplace(key_of(1), 1);
  Params params;
  params.signing = SignaturePolicy::kStrictSign;
  Router router(params, std::move(context));
  const TimePoint now{std::chrono::hours(1)};
  ASSERT_TRUE(router.subscribe(kTopic, now));
  router.on_peer_connected(peer_id(0), Version::kV12, false, test::address_of(0));
  Author one(key_of(2), 1);
  Author other(key_of(3), 1);
  const Bytes data = noise(100, 1);
  const Authorship first = one.sign(kTopic, data);
  for (const Authorship& fields : {first, one.sign(kTopic, data), other.sign(kTopic, data), first}) {
    ASSERT_TRUE(router.on_rpc(peer_id(0), Rpc().raw_message(encode(data, fields)).build(), now));
  }
  EXPECT_EQ(router.stats().decoded, 4u);
  EXPECT_EQ(router.stats().duplicate_ids, 1u);
  ASSERT_TRUE(router.publish(kTopic, Buffer::copy_of(data), now));
  EXPECT_TRUE(router.publish(kTopic, Buffer::copy_of(data), now)) << "the next number, another message";
}

TEST(StrictSign, TheLimitCountsTheAuthorshipIn) {
  test::TestRouter t(strict(), with_author());
  const std::size_t limit = t.router.params().max_rpc_size;
  std::size_t size = limit;
  while (message_rpc_size(kTopic, size) >= limit) --size;
  const auto published = t.router.publish(kTopic, Buffer::uninitialized(size), t.now);
  ASSERT_FALSE(published);
  EXPECT_TRUE(published.error().is(errors::kMessageTooLarge));
  EXPECT_TRUE(t.router.publish(kTopic, Buffer::copy_of(Bytes(size - 200)), t.now));
}

}  // namespace
}  // namespace opwire::gossipsub
