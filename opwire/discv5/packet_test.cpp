// Packets, held against the published ones (ethereum/devp2p, discv5-wire-test-vectors).
#include "opwire/discv5/packet.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/session_keys.hpp"
#include "opwire/discv5/vectors_for_test.hpp"

namespace opwire::discv5 {
namespace {

using test::text_at;

Bytes bytes_at(const boost::json::object& object, std::string_view key) {
  return codec::from_hex(text_at(object, key)).value();
}

template <class T>
T array_at(const boost::json::object& object, std::string_view key) {
  T array{};
  std::ranges::copy(bytes_at(object, key), array.begin());
  return array;
}

/// One of the published packets, and what is known of it.
class Vector {
 public:
  explicit Vector(std::size_t index) : file_(test::load("discv5-wire.json")) {
    const boost::json::object& packet = file_.at("packets").as_array().at(index).as_object();
    fields = packet.at("fields").as_object();
    datagram = bytes_at(packet, "packet");
    keys = file_.at("keys").as_object();
    to = *NodeId::from(bytes_at(fields, "dest-node-id"));
    from = *NodeId::from(bytes_at(fields, "src-node-id"));
  }

  boost::json::object fields, keys;
  Bytes datagram;
  NodeId to, from;

 private:
  boost::json::object file_;
};

Bytes public_key_of(ByteView private_key) {
  return to_bytes(crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, private_key).value().public_key().data());
}

// 01 | RLP [request id, seq]
const Bytes kPingOne = {0x01, 0xc6, 0x84, 0, 0, 0, 1, 0x01};
const Bytes kPingTwo = {0x01, 0xc6, 0x84, 0, 0, 0, 1, 0x02};

TEST(Packet, Ordinary) {
  const Vector v(0);
  const Packet packet = parse_packet(v.to, v.datagram).value();
  EXPECT_EQ(std::get<Ordinary>(packet.header).source, v.from);
  EXPECT_EQ(packet.nonce, array_at<PacketNonce>(v.fields, "nonce"));
  const auto key = array_at<crypto::Aes128Key>(v.fields, "read-key");
  EXPECT_EQ(crypto::aes128_gcm_open(key, packet.nonce, packet.unmasked, packet.message).value(), kPingTwo);

  const Bytes header = encode_header(MaskingIv{}, packet.nonce, Ordinary{v.from});
  EXPECT_EQ(make_datagram(v.to, header, crypto::aes128_gcm_seal(key, packet.nonce, header, kPingTwo)), v.datagram);
}

TEST(Packet, Whoareyou) {
  const Vector v(1);
  const Packet packet = parse_packet(v.to, v.datagram).value();
  const Whoareyou& header = std::get<Whoareyou>(packet.header);
  EXPECT_EQ(header.id_nonce, array_at<IdNonce>(v.fields, "whoareyou.id-nonce"));
  EXPECT_EQ(header.record_seq, 0u);
  EXPECT_EQ(packet.nonce, array_at<PacketNonce>(v.fields, "whoareyou.request-nonce"));
  EXPECT_EQ(packet.unmasked, bytes_at(v.fields, "whoareyou.challenge-data"));
  EXPECT_TRUE(packet.message.empty());
  EXPECT_EQ(make_datagram(v.to, encode_header(MaskingIv{}, packet.nonce, header), {}), v.datagram);
}

class PublishedHandshake : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PublishedHandshake, IsReadCheckedAndMadeAgain) {
  const Vector v(GetParam());
  const Bytes challenge = bytes_at(v.fields, "whoareyou.challenge-data");
  const Bytes key_a = bytes_at(v.keys, "node-a-key"), key_b = bytes_at(v.keys, "node-b-key");
  const Packet packet = parse_packet(v.to, v.datagram).value();
  const HandshakeHeader& header = std::get<HandshakeHeader>(packet.header);
  EXPECT_EQ(header.source, v.from);
  EXPECT_EQ(header.ephemeral_key, array_at<EphemeralKey>(v.fields, "ephemeral-pubkey"));
  EXPECT_TRUE(check_identity(public_key_of(key_a), header.id_signature, challenge, header.ephemeral_key, v.to));
  EXPECT_FALSE(check_identity(public_key_of(key_b), header.id_signature, challenge, header.ephemeral_key, v.to));
  EXPECT_EQ(header.record.empty(), GetParam() == 2);
  if (!header.record.empty()) EXPECT_EQ(NodeRecord::parse(header.record).value().id(), v.from);

  const SessionKeys theirs = agree_on_keys(key_b, header.ephemeral_key, v.from, v.to, challenge).value();
  EXPECT_EQ(theirs.initiator, array_at<crypto::Aes128Key>(v.fields, "read-key"));
  EXPECT_EQ(crypto::aes128_gcm_open(theirs.initiator, packet.nonce, packet.unmasked, packet.message).value(), kPingOne);

  const Bytes ephemeral = bytes_at(v.fields, "ephemeral-key");
  const SessionKeys ours = agree_on_keys(ephemeral, public_key_of(key_b), v.from, v.to, challenge).value();
  EXPECT_EQ(ours.initiator, theirs.initiator);
  EXPECT_EQ(ours.recipient, theirs.recipient);
  EXPECT_EQ(prove_identity(key_a, challenge, header.ephemeral_key, v.to).value(), header.id_signature);
  const Bytes unmasked = encode_header(MaskingIv{}, packet.nonce, header);
  EXPECT_EQ(make_datagram(v.to, unmasked, crypto::aes128_gcm_seal(ours.initiator, packet.nonce, unmasked, kPingOne)),
            v.datagram);
}
INSTANTIATE_TEST_SUITE_P(WithAndWithoutRecord, PublishedHandshake, ::testing::Values(2, 3));

std::string_view error_of(const NodeId& to, ByteView datagram) {
  const auto packet = parse_packet(to, datagram);
  return packet ? "none" : packet.error().name();
}

// D1.
TEST(BadPacket, TooShortOrTooLong) {
  const Vector v(1);
  EXPECT_EQ(error_of(v.to, ByteView(v.datagram).first(62)), "discv5.packet_size");
  EXPECT_EQ(error_of(v.to, Bytes(kMaxPacket + 1)), "discv5.packet_size");
  EXPECT_EQ(error_of(v.to, {}), "discv5.packet_size");
  Bytes longest = Vector(0).datagram;
  longest.resize(kMaxPacket);
  EXPECT_EQ(error_of(v.to, longest), "none");
}

TEST(BadPacket, ForAnotherNodeOrOfAnotherProtocol) {
  const Vector v(0);
  EXPECT_EQ(error_of(v.from, v.datagram), "discv5.bad_packet");
  EXPECT_EQ(error_of(v.to, Bytes(100)), "discv5.bad_packet");
}

/// What the header would be if these of its bytes were others.
std::string_view error_with(const Header& header, std::initializer_list<std::pair<std::size_t, std::uint8_t>> changes,
                            std::size_t message = 40) {
  const NodeId to{{1, 2, 3}};
  Bytes unmasked = encode_header(MaskingIv{}, PacketNonce{}, header);
  for (const auto& [at, value] : changes) unmasked[at] = value;
  return error_of(to, make_datagram(to, unmasked, Bytes(message)));
}

// D2.
TEST(BadPacket, HeadersThatLie) {
  const HandshakeHeader handshake;
  EXPECT_EQ(error_with(Ordinary{}, {}), "none");
  EXPECT_EQ(error_with(handshake, {}), "none");
  EXPECT_EQ(error_with(Ordinary{}, {{23, 0}}), "discv5.bad_packet") << "version 0";
  EXPECT_EQ(error_with(Ordinary{}, {{23, 2}}), "none") << "a later version";
  EXPECT_EQ(error_with(Ordinary{}, {{24, 3}}), "discv5.bad_packet") << "flag";
  EXPECT_EQ(error_with(Ordinary{}, {{38, 31}}), "discv5.bad_packet") << "authdata";
  EXPECT_EQ(error_with(Ordinary{}, {{37, 0xff}}), "discv5.bad_packet") << "authdata beyond the packet";
  EXPECT_EQ(error_with(Ordinary{}, {{24, 1}}), "discv5.bad_packet") << "a WHOAREYOU of 32 bytes";
  EXPECT_EQ(error_with(Ordinary{}, {{24, 2}}), "discv5.bad_packet") << "a handshake of 32 bytes";
  EXPECT_EQ(error_with(handshake, {{16 + 23 + 32, 65}}), "discv5.bad_packet") << "size of the signature";
  EXPECT_EQ(error_with(handshake, {{16 + 23 + 33, 32}}), "discv5.bad_packet") << "size of the key";
  HandshakeHeader large;
  large.record = Bytes(kMaxRecordSize);
  EXPECT_EQ(error_with(large, {}), "none");
  const std::size_t size = 34 + 64 + 33 + kMaxRecordSize + 1;
  EXPECT_EQ(error_with(large, {{37, size >> 8}, {38, size & 0xff}}), "discv5.record_too_large");
}

}  // namespace
}  // namespace opwire::discv5
