#include "opwire/discv5/packet.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/crypto/aes128.hpp"
#include "opwire/discv5/errors.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::string_view kProtocol = "discv5";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kIvSize = 16;
// protocol 6, version 2, flag 1, nonce 12, size of the authdata 2
constexpr std::size_t kVersionAt = 6, kFlagAt = 8, kNonceAt = 9, kAuthSizeAt = 21, kStaticHeader = 23;
constexpr std::size_t kWhoareyouAuth = 24;
constexpr std::size_t kHandshakeHead = 34;  // source, size of the signature, size of the key
constexpr std::size_t kSignatureSize = 64, kKeySize = 33;
static_assert(kIvSize + kStaticHeader + kHandshakeHead + kSignatureSize + kKeySize == kHandshakeOverhead);

enum Flag : std::uint8_t { kOrdinary = 0, kWhoareyou = 1, kHandshake = 2 };

void mask(const NodeId& to, MutableByteView iv_and_header) {
  crypto::Aes128Key key;
  MaskingIv iv;
  std::ranges::copy(to.view().first(key.size()), key.begin());
  std::ranges::copy(iv_and_header.first(kIvSize), iv.begin());
  crypto::aes128_ctr(key, iv, iv_and_header.subspan(kIvSize));
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Error bad(const char* what) {
  return Error(errors::kBadPacket, what);
}

Result<Header> parse_authdata(std::uint8_t flag, ByteView data) {
  if (flag == kOrdinary) {
    const auto source = NodeId::from(data);
    if (!source) return bad("authdata of an ordinary packet has not 32 bytes");
    return Header(Ordinary{*source});
  }
  if (flag == kWhoareyou) {
    if (data.size() != kWhoareyouAuth) return bad("authdata of a WHOAREYOU has not 24 bytes");
    Whoareyou header;
    std::ranges::copy(data.first(header.id_nonce.size()), header.id_nonce.begin());
    header.record_seq = load_be<std::uint64_t>(data.data() + header.id_nonce.size());
    return Header(header);
  }
  if (flag != kHandshake) return bad("unknown flag");
  if (data.size() < kHandshakeHead + kSignatureSize + kKeySize) return bad("authdata of a handshake is too short");
  if (data[NodeId::kSize] != kSignatureSize || data[NodeId::kSize + 1] != kKeySize) {
    return bad("signature or key of a handshake is not of identity scheme v4");
  }
  HandshakeHeader header;
  header.source = *NodeId::from(data.first(NodeId::kSize));
  header.id_signature = *crypto::CompactSignature::from(data.subspan(kHandshakeHead, kSignatureSize));
  std::ranges::copy(data.subspan(kHandshakeHead + kSignatureSize, kKeySize), header.ephemeral_key.begin());
  const ByteView record = data.subspan(kHandshakeHead + kSignatureSize + kKeySize);
  if (record.size() > kMaxRecordSize) return errors::kRecordTooLarge;
  header.record = to_bytes(record);
  return Header(std::move(header));
}

struct AuthdataWriter {
  std::uint8_t flag;
  Bytes data;

  void operator()(const Ordinary& header) {
    flag = kOrdinary;
    append(data, header.source.view());
  }
  void operator()(const Whoareyou& header) {
    flag = kWhoareyou;
    append(data, header.id_nonce);
    ByteArray<8> seq;
    store_be(seq.data(), header.record_seq);
    append(data, seq);
  }
  void operator()(const HandshakeHeader& header) {
    OPW_CHECK(header.record.size() <= kMaxRecordSize);
    flag = kHandshake;
    append(data, header.source.view());
    data.push_back(kSignatureSize);
    data.push_back(kKeySize);
    append(data, header.id_signature.view());
    append(data, header.ephemeral_key);
    append(data, header.record);
  }
};

}  // namespace

Result<Packet> parse_packet(const NodeId& local, ByteView datagram) {
  if (datagram.size() < kMinPacket || datagram.size() > kMaxPacket) return errors::kPacketSize;
  Bytes start = to_bytes(datagram.first(kIvSize + kStaticHeader));
  mask(local, start);
  const ByteView fixed = ByteView(start).subspan(kIvSize);
  if (as_text(fixed.first(kProtocol.size())) != kProtocol) return bad("it is not discv5, or for another node");
  // As geth: later versions are taken.
  if (load_be<std::uint16_t>(&fixed[kVersionAt]) < kVersion) return bad("unknown version");
  const std::size_t auth_size = load_be<std::uint16_t>(&fixed[kAuthSizeAt]);
  if (auth_size > datagram.size() - start.size()) return bad("authdata is longer than the packet");

  Packet packet;
  packet.unmasked = to_bytes(datagram.first(start.size() + auth_size));
  mask(local, packet.unmasked);
  const ByteView header = ByteView(packet.unmasked).subspan(kIvSize);
  std::ranges::copy(header.subspan(kNonceAt, packet.nonce.size()), packet.nonce.begin());
  OPW_TRY(packet.header, parse_authdata(header[kFlagAt], header.subspan(kStaticHeader)));
  packet.message = datagram.subspan(packet.unmasked.size());
  return packet;
}

Bytes encode_header(const MaskingIv& iv, const PacketNonce& nonce, const Header& header) {
  AuthdataWriter authdata{};
  std::visit(authdata, header);
  Bytes out = to_bytes(iv);
  append(out, as_bytes(kProtocol));
  ByteArray<2> number;
  store_be(number.data(), kVersion);
  append(out, number);
  out.push_back(authdata.flag);
  append(out, nonce);
  store_be(number.data(), static_cast<std::uint16_t>(authdata.data.size()));
  append(out, number);
  append(out, authdata.data);
  return out;
}

Bytes make_datagram(const NodeId& to, Bytes unmasked, ByteView sealed) {
  mask(to, unmasked);
  append(unmasked, sealed);
  return unmasked;
}

}  // namespace opwire::discv5
