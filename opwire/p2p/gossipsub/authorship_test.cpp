#include "opwire/p2p/gossipsub/authorship.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "opwire/codec/hex.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using test::kTopic;
using test::noise;

PrivateKey key_of(KeyType type, std::uint64_t seed = 1) {
  SeededRng rng(seed);
  return PrivateKey::generate(type, rng);
}

/// A signed message and the view that a peer sends of it; a test spoils either.
struct Signed {
  explicit Signed(const PrivateKey& key, std::uint64_t seqno = 7)
      : author(key, seqno), fields(author.sign(kTopic, data)) {
    view.topic = kTopic;
    view.data = data;
    view.from = fields.from;
    view.seqno = fields.seqno;
    view.signature = fields.signature;
    if (!fields.key.empty()) view.key = fields.key;
  }
  Signed(const Signed&) = delete;
  Signed& operator=(const Signed&) = delete;

  Bytes data = noise(300, 1);
  Author author;
  Authorship fields;
  MessageView view;
};

class EveryKey : public ::testing::TestWithParam<KeyType> {};
INSTANTIATE_TEST_SUITE_P(Authorship, EveryKey,
                         ::testing::Values(KeyType::kEd25519, KeyType::kSecp256k1, KeyType::kEcdsa));

TEST_P(EveryKey, WhatIsSignedVerifies) {
  const PrivateKey key = key_of(GetParam());
  Signed message(key);
  EXPECT_EQ(verify_authorship(message.view).value(), PeerId::of(key.public_key()));
  EXPECT_TRUE(equal(message.fields.from, PeerId::of(key.public_key()).bytes()));
  EXPECT_EQ(message.fields.key.empty(), GetParam() != KeyType::kEcdsa) << "the key goes along where the id is a hash";
}

// Written out by hand: the prefix, then the protobuf of from, data, seqno and topic, in the order of their numbers.
TEST_P(EveryKey, SignsWhatTheSpecificationSays) {
  const PrivateKey key = key_of(GetParam());
  const Signed message(key, 0x0102030405060708);
  Bytes text = to_bytes(as_bytes("libp2p-pubsub:"));
  const auto field = [&text](std::uint8_t tag, ByteView value) {
    text.push_back(tag);
    multiformats::append_varint(text, value.size());
    text.insert(text.end(), value.begin(), value.end());
  };
  field(0x0a, PeerId::of(key.public_key()).bytes());
  field(0x12, message.data);
  field(0x1a, Bytes{1, 2, 3, 4, 5, 6, 7, 8});
  field(0x22, as_bytes(kTopic));
  EXPECT_TRUE(key.public_key().verify(text, message.fields.signature));
}

TEST_P(EveryKey, AnyChangeIsNoticed) {
  const Signed message(key_of(GetParam()));
  const auto refused = [&message](auto change, const ErrorKind& why) {
    MessageView view = message.view;
    change(view);
    const auto verified = verify_authorship(view);
    ASSERT_FALSE(verified);
    EXPECT_TRUE(verified.error().is(why)) << verified.error().name();
    EXPECT_EQ(verified.error().consequence(), Consequence::kPenalise);
  };
  Bytes data = message.data;
  data.back() ^= 1;
  Bytes seqno = message.fields.seqno;
  seqno.back() ^= 1;
  Bytes signature = message.fields.signature;
  signature.back() ^= 1;
  refused([&](MessageView& v) { v.data = data; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.data = {}; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.topic = "/test/other"; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.topic = {}; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.seqno = seqno; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.signature = signature; }, errors::kBadMessageSignature);
  refused([&](MessageView& v) { v.signature = message.fields.from; }, errors::kBadMessageSignature);
}

// G8: fields that are missing, empty or of the wrong size.
TEST_P(EveryKey, IncompleteMessagesAreRefused) {
  const Signed message(key_of(GetParam()));
  const auto refusal = [&message](auto change) {
    MessageView view = message.view;
    change(view);
    return verify_authorship(view).error();
  };
  EXPECT_TRUE(refusal([](MessageView& v) { v.signature.reset(); }).is(errors::kUnsigned));
  EXPECT_TRUE(refusal([](MessageView& v) { v.signature = ByteView(); }).is(errors::kUnsigned));
  EXPECT_TRUE(refusal([](MessageView& v) { v.from.reset(); }).is(errors::kBadAuthor));
  EXPECT_TRUE(refusal([](MessageView& v) { v.from = ByteView(); }).is(errors::kBadAuthor));
  EXPECT_TRUE(refusal([](MessageView& v) { v.from = as_bytes("not a peer id"); }).is(errors::kBadAuthor));
  EXPECT_TRUE(refusal([](MessageView& v) { v.seqno.reset(); }).is(errors::kBadSeqno));
  const Bytes nine(9);
  for (const std::size_t size : {0, 1, 7, 9}) {
    EXPECT_TRUE(refusal([&](MessageView& v) { v.seqno = ByteView(nine).first(size); }).is(errors::kBadSeqno)) << size;
  }
}

// G8: a key that is another's, no key at all, or not needed.
TEST_P(EveryKey, TheKeyIsTheAuthors) {
  Signed message(key_of(GetParam()));
  const Bytes own = multiformats::encode_public_key(key_of(GetParam()).public_key());
  message.view.key = own;
  EXPECT_TRUE(verify_authorship(message.view)) << "needless perhaps, but right";
  const Bytes others = multiformats::encode_public_key(key_of(GetParam(), 2).public_key());
  message.view.key = others;
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadAuthor));
  for (const std::string_view hex : {"00", "0801", "08071200", "0801120100", "ffffffffff"}) {
    const Bytes spoilt = codec::from_hex(hex).value();
    message.view.key = spoilt;
    EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadAuthor)) << hex;
  }
}

TEST(Authorship, WhereTheIdIsAHashTheKeyMustComeAlong) {
  Signed message(key_of(KeyType::kEcdsa));
  message.view.key.reset();
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadAuthor));
  message.view.key = ByteView();
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadAuthor));
}

// Somebody else's id over one's own signature and key.
TEST(Authorship, NobodySpeaksForAnother) {
  const PeerId victim = PeerId::of(key_of(KeyType::kEd25519, 2).public_key());
  Signed message(key_of(KeyType::kEd25519));
  const Bytes key = multiformats::encode_public_key(key_of(KeyType::kEd25519).public_key());
  message.view.from = victim.bytes();
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadMessageSignature));
  message.view.key = key;
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadAuthor));
}

// Go's own RSA key: we make no such keys, but peers of the public network have them.
TEST(Authorship, RsaKeysVerify) {
  std::ifstream file(OPWIRE_TESTDATA "/go-libp2p-key-fixtures.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const boost::json::value fixtures = boost::json::parse(text).at("fixtures");
  const boost::json::string& key = fixtures.at("rsa").at("priv").as_string();
  const Bytes encoded = codec::from_hex(std::string_view(key)).value();
  Signed message(multiformats::parse_private_key(encoded).value());
  EXPECT_FALSE(message.fields.key.empty());
  EXPECT_TRUE(verify_authorship(message.view));
  message.view.topic = "/test/other";
  EXPECT_TRUE(verify_authorship(message.view).error().is(errors::kBadMessageSignature));
}

TEST(Authorship, SequenceNumbersFollowEachOther) {
  Author author(key_of(KeyType::kEd25519), ~std::uint64_t{0} - 1);
  const auto next = [&author] { return load_be<std::uint64_t>(author.sign(kTopic, {}).seqno.data()); };
  EXPECT_EQ(next(), ~std::uint64_t{0} - 1);
  EXPECT_EQ(next(), ~std::uint64_t{0});
  EXPECT_EQ(next(), 0u);
  EXPECT_EQ(author.sign(kTopic, {}).seqno.size(), 8u);
}

TEST(Authorship, TravelsInAFrame) {
  for (const KeyType type : {KeyType::kEd25519, KeyType::kSecp256k1, KeyType::kEcdsa}) {
    const Signed message(key_of(type));
    const Frame frame = make_message_frame(kTopic, Buffer::copy_of(message.data), &message.fields);
    const Buffer rpc = test::received(frame);
    EXPECT_EQ(rpc.size(), message_rpc_size(kTopic, message.data.size(), &message.fields));
    RpcView view;
    ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
    ASSERT_EQ(view.messages.size(), 1u);
    EXPECT_TRUE(verify_authorship(view.messages[0]));
    const Authorship taken = take_authorship(view.messages[0]);
    EXPECT_EQ(taken.from, message.fields.from);
    EXPECT_EQ(taken.seqno, message.fields.seqno);
    EXPECT_EQ(taken.signature, message.fields.signature);
    EXPECT_EQ(taken.key, message.fields.key);
  }
}

TEST(AuthorDecoder, IdsAreAuthorThenSequenceNumber) {
  AuthorDecoder decoder;
  const Signed message(key_of(KeyType::kEd25519));
  Bytes expected = message.fields.from;
  expected.insert(expected.end(), message.fields.seqno.begin(), message.fields.seqno.end());
  EXPECT_TRUE(equal(decoder.decode(message.view).id.view(), expected));
}

TEST(AuthorDecoder, EveryMessageHasAnId) {
  AuthorDecoder decoder;
  MessageView view;
  EXPECT_EQ(decoder.decode(view).id.size(), 1u);
  const Bytes huge(100'000, 1);
  view.from = huge;
  view.seqno = huge;
  EXPECT_EQ(decoder.decode(view).id.size(), 1u);
}

}  // namespace
}  // namespace opwire::gossipsub
