// Node records (EIP-778): what a node tells of itself, signed. Identity scheme v4.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/codec/rlp_reader.hpp"

namespace opwire::discv5 {

/// keccak256 of the node's uncompressed public key.
using NodeId = FixedBytes<32, struct NodeIdTag>;

inline constexpr std::size_t kMaxRecordSize = 300;

/// A record that was found valid, or made here: size, order of keys, signature. Its values are whatever their owner
/// says.
class NodeRecord {
 public:
  /// Errors: kRecordTooLarge, kBadRecord, kRecordKeys, kUnknownScheme, kRecordSignature; codec's kBadRlp.
  static Result<NodeRecord> parse(ByteView encoded);
  /// "enr:" and base64url without padding. Errors: also kBadRecordText.
  static Result<NodeRecord> parse_text(std::string_view text);

  ByteView encoded() const noexcept { return encoded_; }
  std::string to_text() const;

  std::uint64_t seq() const noexcept { return seq_; }
  const NodeId& id() const noexcept { return id_; }
  /// 33 bytes, compressed.
  ByteView public_key() const noexcept { return public_key_; }

  /// In their order.
  std::vector<std::string> keys() const;
  /// A value as RLP.
  std::optional<ByteView> find(std::string_view key) const;
  /// A value that is a byte string.
  std::optional<ByteView> find_bytes(std::string_view key) const;

  // None where the value is missing or makes no sense.
  std::optional<ByteArray<4>> ip4() const;
  std::optional<ByteArray<16>> ip6() const;
  std::optional<std::uint16_t> tcp() const { return port("tcp"); }
  std::optional<std::uint16_t> udp() const { return port("udp"); }
  std::optional<std::uint16_t> tcp6() const { return port("tcp6"); }
  std::optional<std::uint16_t> udp6() const { return port("udp6"); }

  friend bool operator==(const NodeRecord& a, const NodeRecord& b) noexcept { return a.encoded_ == b.encoded_; }

 private:
  NodeRecord() = default;
  codec::rlp::Reader pairs() const;
  std::optional<std::uint16_t> port(std::string_view key) const;

  Bytes encoded_;
  std::uint64_t seq_ = 0;
  NodeId id_;
  ByteArray<33> public_key_{};
};

/// What becomes a record when it is signed.
class NodeRecordDraft {
 public:
  NodeRecordDraft& set(std::string key, ByteView bytes);
  NodeRecordDraft& set(std::string key, std::uint64_t value);

  /// private_key: 32 bytes, secp256k1; the record gets its id, secp256k1 and signature. Errors: kRecordTooLarge;
  /// crypto's kBadKey.
  Result<NodeRecord> sign(ByteView private_key, std::uint64_t seq) const;

 private:
  std::map<std::string, Bytes> values_;  // as RLP
};

}  // namespace opwire::discv5
