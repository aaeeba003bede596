// The libp2p handshake: identities, muxers, and the catalogue of bad input (N1 to N10).
#include "opwire/p2p/noise/handshake.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/noise/errors.hpp"
#include "opwire/p2p/noise/handshake_for_test.hpp"

namespace opwire::noise {
namespace {

using test::Meeting;
using test::Peers;

TEST(NoiseHandshake, ProvesBothIdentities) {
  Peers peers;
  Meeting run(peers, peers.listener.peer());
  ASSERT_TRUE(run.go());
  EXPECT_TRUE(run.dialer.done() && run.listener.done());
  EXPECT_EQ(run.dialer.proof().peer, peers.listener.peer());
  EXPECT_EQ(run.listener.proof().peer, peers.dialer.peer());
  EXPECT_EQ(PeerId::of(run.listener.proof().key), peers.dialer.peer());
}

TEST(NoiseHandshake, TheIdentityServesManyHandshakes) {
  Peers peers;
  for (int i = 0; i < 3; ++i) {
    Meeting run(peers);
    EXPECT_TRUE(run.go());
  }
}

std::pair<std::string, std::string> agreed(std::vector<std::string> dialer, std::vector<std::string> listener) {
  Peers peers(std::move(dialer), std::move(listener));
  Meeting run(peers);
  EXPECT_TRUE(run.go());
  return {run.dialer.proof().muxer, run.listener.proof().muxer};
}

TEST(NoiseHandshake, ChoosesTheFirstOfTheDialersMuxersThatTheListenerHas) {
  using Both = std::pair<std::string, std::string>;
  EXPECT_EQ(agreed({"/a", "/b", "/c"}, {"/c", "/b"}), Both("/b", "/b"));
  EXPECT_EQ(agreed({"/a"}, {}), Both("", ""));
  EXPECT_EQ(agreed({}, {"/a"}), Both("", ""));
}

TEST(NoiseHandshake, EveryKindOfKeyCanBeAnIdentity) {
  SeededRng rng(3);
  for (const auto type : {crypto::KeyType::kEd25519, crypto::KeyType::kSecp256k1, crypto::KeyType::kEcdsa}) {
    Peers peers;
    peers.dialer = StaticIdentity(crypto::PrivateKey::generate(type, rng), {}, rng);
    Meeting run(peers);
    ASSERT_TRUE(run.go());
    EXPECT_EQ(run.listener.proof().key.type(), type);
  }
}

void expect_closes(const Result<Bytes>& result, const ErrorKind& kind) {
  ASSERT_FALSE(result);
  EXPECT_STREQ(result.error().kind().name, kind.name);
  EXPECT_EQ(result.error().consequence(), Consequence::kCloseConnection);
}

struct NoiseBadInput : testing::Test {
  Peers peers;
  Handshake listener{Role::kListener, peers.listener, std::nullopt, peers.rng};
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, peers.rng);
  crypto::X25519 static_key = crypto::X25519::generate(peers.rng);

  Payload good() {
    return {.identity_key = multiformats::encode_public_key(key.public_key()),
            .identity_sig = key.sign(signed_text(static_key.public_key())),
            .muxers = {}};
  }
  Result<Bytes> send(ByteView payload) {
    Handshake fresh(Role::kListener, peers.listener, std::nullopt, peers.rng);
    return test::send_payload(peers, static_key, payload, fresh);
  }
  Result<Bytes> send(const Payload& payload) { return send(encode_payload(payload)); }
  Result<Bytes> send_key(std::initializer_list<std::uint8_t> start, std::size_t size) {
    Payload payload = good();
    payload.identity_key.assign(start);
    payload.identity_key.resize(size, 7);
    return send(payload);
  }
};

TEST_F(NoiseBadInput, TheGoodPayloadIsAccepted) {
  EXPECT_TRUE(send(good()));
}

TEST_F(NoiseBadInput, N1LowOrderEphemeral) {
  Bytes zero(32);
  expect_closes(listener.on_message(zero), crypto::errors::kLowOrderPoint);
  Bytes one(32);
  one[0] = 1;
  Handshake other(Role::kListener, peers.listener, std::nullopt, peers.rng);
  expect_closes(other.on_message(one), crypto::errors::kLowOrderPoint);
}

TEST_F(NoiseBadInput, N2PayloadMissing) {
  expect_closes(send(ByteView()), errors::kBadPayload);
}

TEST_F(NoiseBadInput, N2KeyOrSignatureMissing) {
  Payload payload = good();
  payload.identity_sig.clear();
  expect_closes(send(payload), errors::kBadPayload);
  payload = good();
  payload.identity_key.clear();
  expect_closes(send(payload), errors::kBadPayload);
}

TEST_F(NoiseBadInput, N2PayloadThatIsNoProtobuf) {
  expect_closes(send(Bytes{0x0A, 0x7F}), errors::kBadPayload);
}

TEST_F(NoiseBadInput, N2SignatureByAnotherKeyOrOverAnotherText) {
  Payload payload = good();
  payload.identity_sig =
      crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, peers.rng).sign(signed_text(static_key.public_key()));
  expect_closes(send(payload), crypto::errors::kBadSignature);
  payload.identity_sig = key.sign(static_key.public_key());
  expect_closes(send(payload), crypto::errors::kBadSignature);
  payload = good();
  payload.identity_sig.resize(5);
  expect_closes(send(payload), crypto::errors::kBadSignature);
}

TEST_F(NoiseBadInput, N2KeysThatDoNotParse) {
  expect_closes(send_key({8, 9, 18, 32}, 36), crypto::errors::kUnknownKeyType);
  expect_closes(send_key({8, 2, 18, 33, 5}, 37), crypto::errors::kBadKey);
  expect_closes(send_key({8, 2, 18, 65, 6}, 69), crypto::errors::kBadKey);  // hybrid forms
  expect_closes(send_key({8, 2, 18, 65, 7}, 69), crypto::errors::kBadKey);
  expect_closes(send_key({8, 1, 18, 31}, 35), crypto::errors::kBadKey);
}

TEST_F(NoiseBadInput, N2AnRsaKeyOf16384BitsIsRefusedForItsSize) {
  Bytes modulus(2049, 0xFF);  // with the zero in front that makes it positive
  modulus[0] = 0;
  const Bytes head = {0x30, 0x82, 0x08, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01,
                      0x01, 0x05, 0x00, 0x03, 0x82, 0x08, 0x0F, 0x00, 0x30, 0x82, 0x08, 0x0A, 0x02, 0x82, 0x08, 0x01};
  Bytes der = head;
  der.insert(der.end(), modulus.begin(), modulus.end());
  for (const std::uint8_t byte : {0x02, 0x03, 0x01, 0x00, 0x01}) der.push_back(byte);
  Payload payload = good();
  payload.identity_key.clear();
  protobuf::Writer(payload.identity_key).varint(1, 0).bytes(2, der);
  expect_closes(send(payload), crypto::errors::kKeySize);
}

TEST_F(NoiseBadInput, N3TagFlippedInEachMessage) {
  Meeting second(peers), third(peers);
  Bytes message = test::message_of(second.listener.on_message(test::message_of(second.dialer.start())).value());
  message.back() ^= 1;
  expect_closes(second.dialer.on_message(message), crypto::errors::kDecryptFailed);

  message = test::message_of(third.listener.on_message(test::message_of(third.dialer.start())).value());
  message = test::message_of(third.dialer.on_message(message).value());
  message.back() ^= 1;
  expect_closes(third.listener.on_message(message), crypto::errors::kDecryptFailed);
}

TEST_F(NoiseBadInput, N3AnotherMessageOneMakesTheNextFail) {
  Meeting run(peers);
  Bytes first = test::message_of(run.dialer.start());
  first[31] ^= 1;
  const Bytes second = run.listener.on_message(first).value();
  expect_closes(run.dialer.on_message(test::message_of(second)), crypto::errors::kDecryptFailed);
}

TEST_F(NoiseBadInput, N6MuxerLists) {
  Payload payload = good();
  payload.muxers.assign(101, "/yamux/1.0.0");
  EXPECT_TRUE(parse_payload(encode_payload(payload))->muxers.empty());
  payload.muxers.assign(100, "/yamux/1.0.0");
  EXPECT_EQ(parse_payload(encode_payload(payload))->muxers.size(), 100u);
  EXPECT_EQ(choose_muxer({"", "/yamux/1.0.0"}, {"/yamux/1.0.0"}), "/yamux/1.0.0");
  EXPECT_EQ(agreed({"/x"}, {"/y"}).first, "") << "as go: left to multistream";
}

TEST_F(NoiseBadInput, N9AnotherPeerThanTheOneDialled) {
  Meeting run(peers, PeerId::of(key.public_key()));
  const Result<void> done = run.go();
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().is(errors::kWrongPeer));
  EXPECT_EQ(done.error().consequence(), Consequence::kCloseConnection);
}

TEST_F(NoiseBadInput, N10SelfDial) {
  Handshake dialer(Role::kDialer, peers.listener, std::nullopt, peers.rng);
  const Bytes second = listener.on_message(test::message_of(dialer.start())).value();
  expect_closes(dialer.on_message(test::message_of(second)), errors::kSelf);
}

TEST(NoisePayload, PassesOverUnknownFieldsAndTakesTheLastOfSingularOnes) {
  Bytes bytes = encode_payload({to_bytes(as_bytes("key")), to_bytes(as_bytes("sig")), {"/a"}});
  const Bytes data_field = {0x1A, 2, 'n', 'o'};  // field 3 was removed from the protocol
  bytes.insert(bytes.end(), data_field.begin(), data_field.end());
  const Bytes again = encode_payload({to_bytes(as_bytes("other")), to_bytes(as_bytes("sig2")), {"/b"}});
  bytes.insert(bytes.end(), again.begin(), again.end());
  const Payload payload = parse_payload(bytes).value();
  EXPECT_EQ(as_text(payload.identity_key), "other");
  EXPECT_EQ(as_text(payload.identity_sig), "sig2");
  EXPECT_EQ(payload.muxers, (std::vector<std::string>{"/a", "/b"}));
}

}  // namespace
}  // namespace opwire::noise
