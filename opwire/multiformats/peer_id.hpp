// Peer identities: the multihash of a public key's protobuf (libp2p specs, peer-ids).
#pragma once

#include <algorithm>
#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire {

/// A valid peer id: the identity multihash of a key's protobuf of 1 to 42 bytes, or the SHA-256 of a longer one. A
/// value of fixed size.
class PeerId {
 public:
  static constexpr std::size_t kMaxInlineKey = 42;  ///< a longer key protobuf is hashed

  static PeerId of(const crypto::PublicKey& key);
  /// The binary multihash. Errors: kBadPeerId.
  static Result<PeerId> parse(ByteView multihash);
  /// base58btc (Qm…, 12D3…, 16U…) or CIDv1 of codec libp2p-key in a multibase known here. Errors: kBadPeerId.
  static Result<PeerId> parse_text(std::string_view text);

  ByteView bytes() const noexcept { return {bytes_.data(), size_}; }
  /// base58btc.
  std::string to_string() const;
  /// The last few characters, for tables and logs: "…xK9dP2".
  std::string short_string() const;
  /// The key itself where the id holds it (identity multihash), and that key's id is this one. Errors: kBadPeerId.
  Result<crypto::PublicKey> public_key() const;

  auto operator<=>(const PeerId&) const = default;

 private:
  friend struct std::hash<PeerId>;
  PeerId() = default;
  ByteArray<2 + kMaxInlineKey> bytes_{};  // zeros beyond size_
  std::uint8_t size_ = 0;
};

}  // namespace opwire

template <>
struct std::hash<opwire::PeerId> {
  std::size_t operator()(const opwire::PeerId& id) const noexcept {
    std::size_t word;  // the tail: key material or digest, whichever kind it is
    const std::size_t end = std::max<std::size_t>(id.size_, sizeof(word));
    std::memcpy(&word, id.bytes_.data() + end - sizeof(word), sizeof(word));
    return word;
  }
};
