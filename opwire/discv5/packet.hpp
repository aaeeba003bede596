// discv5 packets on the wire (devp2p, discv5-wire.md): a masking IV, a header masked for the receiver, an encrypted
// message.
//
// To send: encode_header(), seal the message with that as additional data, make_datagram(). To receive: parse_packet(),
// then open the message with the additional data that it gives.
#pragma once

#include <variant>

#include "opwire/crypto/ecdsa_compact.hpp"
#include "opwire/discv5/node_record.hpp"

namespace opwire::discv5 {

inline constexpr std::size_t kMinPacket = 63;
inline constexpr std::size_t kMaxPacket = 1280;
/// Of a handshake, beside its record and its message with the tag: IV, header, source, sizes, signature, key.
inline constexpr std::size_t kHandshakeOverhead = 170;

using MaskingIv = ByteArray<16>;
using PacketNonce = ByteArray<12>;
using IdNonce = ByteArray<16>;
using EphemeralKey = ByteArray<33>;  ///< a public key, compressed

/// Flag 0: a message under the keys of a session.
struct Ordinary {
  NodeId source;
};
/// Flag 1: the packet of this nonce could not be decrypted. Carries no message.
struct Whoareyou {
  IdNonce id_nonce{};
  std::uint64_t record_seq = 0;  ///< of the receiver's record, as far as the sender knows it; 0: not at all
};
/// Flag 2: the answer to it, with a message under the new keys.
struct HandshakeHeader {
  NodeId source;
  crypto::CompactSignature id_signature;
  EphemeralKey ephemeral_key{};
  Bytes record;  ///< the sender's, encoded and not yet looked at; empty where the receiver has the latest
};
using Header = std::variant<Ordinary, Whoareyou, HandshakeHeader>;

struct Packet {
  PacketNonce nonce{};
  Header header;
  Bytes unmasked;    ///< IV and header: what the message is authenticated with, and the challenge data of a WHOAREYOU
  ByteView message;  ///< with its tag; into the datagram
};

/// Of a datagram to us. Errors: kPacketSize, kBadPacket.
Result<Packet> parse_packet(const NodeId& local, ByteView datagram);

/// IV and header, not masked. A record is at most kMaxRecordSize long.
Bytes encode_header(const MaskingIv& iv, const PacketNonce& nonce, const Header& header);
/// Masks the header for its receiver. sealed: the message with its tag; empty for a WHOAREYOU.
Bytes make_datagram(const NodeId& to, Bytes unmasked, ByteView sealed);

}  // namespace opwire::discv5
