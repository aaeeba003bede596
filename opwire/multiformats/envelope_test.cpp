#include "opwire/multiformats/envelope.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

using protobuf::Writer;

const std::string_view kDomain = "libp2p-peer-record";
const Bytes kType = {0x03, 0x01};

crypto::PrivateKey make_key(std::uint64_t seed, crypto::KeyType type = crypto::KeyType::kSecp256k1) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(type, rng);
}

PeerRecord make_record(const crypto::PrivateKey& key) {
  return {PeerId::of(key.public_key()),
          1'700'000'000'000'000'000,
          {Multiaddr::parse_text("/ip4/192.0.2.1/tcp/9222").value(),
           Multiaddr::parse_text("/ip6/2001:db8::1/tcp/9222").value()}};
}

// A peer record of the given content, properly sealed.
Bytes seal_raw(const crypto::PrivateKey& key, ByteView content) {
  return seal_envelope(key, kDomain, kType, content);
}

void expect_refused(ByteView envelope, const ErrorKind& kind) {
  const auto record = open_peer_record(envelope);
  ASSERT_FALSE(record) << kind.name;
  EXPECT_TRUE(record.error().is(kind)) << record.error().message();
}

TEST(Envelope, RoundTripsWithEveryKindOfKey) {
  for (const auto type : {crypto::KeyType::kSecp256k1, crypto::KeyType::kEd25519, crypto::KeyType::kEcdsa}) {
    const auto key = make_key(1, type);
    const Bytes sealed = seal_envelope(key, "domain", as_bytes("type"), as_bytes("payload"));
    const auto opened = open_envelope(sealed, "domain");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->key, key.public_key());
    EXPECT_EQ(as_text(opened->payload_type), "type");
    EXPECT_EQ(as_text(opened->payload), "payload");
  }
}

// The layout and the signed bytes, spelled out.
TEST(Envelope, IsLaidOutAsTheSpecificationSays) {
  const auto key = make_key(1, crypto::KeyType::kEd25519);  // deterministic signatures
  const std::string expected = "0a24" + codec::to_hex(encode_public_key(key.public_key())) + "12020301" +
                               "1a0470617968" + "2a40" +
                               codec::to_hex(key.sign(unhex("03646f6d"
                                                            "020301"
                                                            "0470617968")));
  EXPECT_EQ(codec::to_hex(seal_envelope(key, "dom", kType, as_bytes("payh"))), expected);
}

TEST(Envelope, EveryPartIsCoveredByTheSignature) {
  const Bytes sealed = seal_envelope(make_key(1), "domain", as_bytes("type"), as_bytes("payload"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes tampered = sealed;
    tampered[i] ^= 0x01;
    const auto opened = open_envelope(tampered, "domain");
    EXPECT_FALSE(opened) << "byte " << i;
  }
  EXPECT_TRUE(open_envelope(sealed, "other").error().is(errors::kEnvelopeSignature));
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open_envelope(ByteView(sealed).first(size), "domain"));
}

TEST(Envelope, PartsCannotSlideIntoEachOther) {
  const auto key = make_key(1);
  const Bytes sealed = seal_envelope(key, "dom", as_bytes("aintype"), as_bytes("payload"));
  EXPECT_FALSE(open_envelope(sealed, "domain"));
}

TEST(Envelope, LastOfDuplicatesWinsAndUnknownFieldsPass) {
  Bytes message;
  Writer(message).bytes(1, as_bytes("x")).bytes(2, as_bytes("x")).bytes(3, as_bytes("x")).bytes(5, as_bytes("x"));
  Writer(message).bytes(4, as_bytes("unused")).varint(1, 7).varint(99, 1);
  const Bytes sealed = seal_envelope(make_key(1), "domain", as_bytes("type"), as_bytes("payload"));
  message.insert(message.end(), sealed.begin(), sealed.end());
  const auto opened = open_envelope(message, "domain");
  ASSERT_TRUE(opened);
  EXPECT_EQ(as_text(opened->payload), "payload");
}

TEST(Envelope, RefusesMalformedOnes) {
  for (const auto* hex : {"", "0a", "0a00", "0b", "0a05aa", "0a0408011200", "ffffffffffffffffffff"}) {
    const auto opened = open_envelope(unhex(hex), "domain");
    ASSERT_FALSE(opened) << hex;
    EXPECT_TRUE(opened.error().is(errors::kBadEnvelope)) << hex << opened.error().message();
  }
}

TEST(PeerRecord, RoundTrips) {
  const auto key = make_key(1);
  const PeerRecord record = make_record(key);
  const auto opened = open_peer_record(seal_peer_record(key, record));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->peer, record.peer);
  EXPECT_EQ(opened->seq, record.seq);
  EXPECT_EQ(opened->addresses, record.addresses);
}

// Sealed by go-libp2p v0.51.0 with the keys of testdata/peer-id-keys.json; both schemes sign deterministically.
const std::string_view kSealedByGo[][2] = {
    {"ed25519",
     "0a24080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e120203011a590a2600240801"
     "12201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e108080a8b1e39fe7cb171a0a0a0804c0"
     "0002010624061a190a172920010db800000000000000000000000191022406cd032a4067c29daf186048eb8f8a3314c35a59"
     "9142339b20bc7feca2a9166c1e0072fcdc262611a27931c774b8e1dfd6427c2acfd2848ade82c6d1ff789f4a360c722d05"},
    {"secp256k1",
     "0a2508021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99120203011a5a0a27002508"
     "021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99108080a8b1e39fe7cb171a0a0a08"
     "04c00002010624061a190a172920010db800000000000000000000000191022406cd032a473045022100a55279a0477a1dd5"
     "61e6caea956bdb8b6dcf56b34ea64ec938a56c78b1a30b780220093e6225966b0fadb16f33027db873766d74bf87ca99f5a0"
     "916532237a037b12"}};

TEST(PeerRecord, IsTheSameByteForByteInGo) {
  const auto vectors = load_vectors("peer-id-keys.json");
  for (const auto& [name, sealed] : kSealedByGo) {
    const auto key = parse_private_key(unhex(text_at(vectors.at("keys").at(name), "private"))).value();
    PeerRecord record = make_record(key);
    record.addresses[1] = Multiaddr::parse_text("/ip6/2001:db8::1/udp/9222/quic-v1").value();
    EXPECT_EQ(codec::to_hex(seal_peer_record(key, record)), sealed) << name;
    const auto opened = open_peer_record(unhex(sealed));
    ASSERT_TRUE(opened) << name;
    EXPECT_EQ(opened->peer, record.peer);
    EXPECT_EQ(opened->seq, record.seq);
    EXPECT_EQ(opened->addresses, record.addresses);
  }
}

TEST(PeerRecord, OfTheLargestNumberAndNoAddress) {
  const auto key = make_key(1);
  const auto opened = open_peer_record(seal_peer_record(key, {PeerId::of(key.public_key()), ~std::uint64_t{0}, {}}));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->seq, ~std::uint64_t{0});  // I4: a far future is for the caller to judge
  EXPECT_TRUE(opened->addresses.empty());
}

// I4: the record names somebody else.
TEST(PeerRecord, RefusesTheRecordOfAnotherPeer) {
  expect_refused(seal_peer_record(make_key(1), make_record(make_key(2))), errors::kRecordPeer);
}

TEST(PeerRecord, RefusesARecordWithoutPeer) {
  Bytes content;
  Writer(content).varint(2, 1);
  expect_refused(seal_raw(make_key(1), content), errors::kRecordPeer);
}

// I4: among others the domain that rust uses by default.
TEST(PeerRecord, RefusesOtherDomains) {
  const auto key = make_key(1);
  const PeerId id = PeerId::of(key.public_key());
  Bytes content;
  Writer(content).bytes(1, id.bytes()).varint(2, 1);
  ASSERT_TRUE(open_peer_record(seal_envelope(key, kDomain, kType, content)));
  for (const std::string_view domain : {"libp2p-routing-state", "", "libp2p-peer-recor", "libp2p-peer-record "})
    expect_refused(seal_envelope(key, domain, kType, content), errors::kEnvelopeSignature);
}

// I4: 0x0301 as a varint is 81 06; the type is two raw bytes.
TEST(PeerRecord, RefusesOtherTypes) {
  const auto key = make_key(1);
  const PeerId id = PeerId::of(key.public_key());
  Bytes content;
  Writer(content).bytes(1, id.bytes()).varint(2, 1);
  for (const auto* hex : {"", "03", "0300", "8106", "0103", "030100", "/libp2p/routing-state-record"}) {
    const Bytes type = *hex == '/' ? to_bytes(as_bytes(hex)) : unhex(hex);
    expect_refused(seal_envelope(key, kDomain, type, content), errors::kEnvelopeType);
  }
}

// The signer's key is replaced after signing.
TEST(PeerRecord, RefusesAForeignKey) {
  const auto key = make_key(1);
  Bytes forged = seal_peer_record(key, make_record(key));
  Writer(forged).bytes(1, encode_public_key(make_key(2).public_key()));
  expect_refused(forged, errors::kEnvelopeSignature);
}

// I6
TEST(PeerRecord, SkipsInvalidAddresses) {
  const auto key = make_key(1);
  const PeerId id = PeerId::of(key.public_key());
  const auto good = Multiaddr::parse_text("/ip4/192.0.2.1/tcp/9222").value();
  Bytes content;
  Writer writer(content);
  writer.bytes(1, id.bytes()).varint(2, 1);
  for (const auto& address : {Bytes{}, Bytes{0xff, 0x01}, to_bytes(good.bytes()), Bytes(5000, 0x55)}) {
    Bytes inner;
    Writer(inner).bytes(1, address);
    writer.bytes(3, inner);
  }
  writer.bytes(3, {});
  const auto opened = open_peer_record(seal_raw(key, content));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->addresses, std::vector{good});
}

// I3
TEST(PeerRecord, KeepsAtMostTheAllowedNumberOfAddresses) {
  const auto key = make_key(1);
  PeerRecord record = make_record(key);
  record.addresses.assign(2000, record.addresses.front());
  const Bytes sealed = seal_peer_record(key, record);
  EXPECT_EQ(open_peer_record(sealed)->addresses.size(), 500U);
  EXPECT_EQ(open_peer_record(sealed, 3)->addresses.size(), 3U);
  EXPECT_TRUE(open_peer_record(sealed, 0)->addresses.empty());
}

TEST(PeerRecord, RefusesMalformedContent) {
  const auto key = make_key(1);
  const PeerId id = PeerId::of(key.public_key());
  for (const auto* hex : {"10", "0b", "1a020a05", "1a05aa"}) {
    Bytes content;
    Writer(content).bytes(1, id.bytes());
    const Bytes rest = unhex(hex);
    content.insert(content.end(), rest.begin(), rest.end());
    expect_refused(seal_raw(key, content), errors::kBadProtobuf);
  }
}

TEST(PeerRecord, LastOfDuplicatesWins) {
  const auto key = make_key(1);
  const PeerId id = PeerId::of(key.public_key());
  const PeerId other = PeerId::of(make_key(2).public_key());
  Bytes content;
  Writer(content).bytes(1, other.bytes()).varint(2, 1).bytes(1, id.bytes()).varint(2, 5);
  EXPECT_EQ(open_peer_record(seal_raw(key, content))->seq, 5U);
  Writer(content).bytes(1, other.bytes());
  expect_refused(seal_raw(key, content), errors::kRecordPeer);
}

}  // namespace
}  // namespace opwire::multiformats
