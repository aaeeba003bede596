// Peer identities: the multihash of a public key's protobuf (libp2p specs, peer-ids).
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire {

/// A valid peer id (identity multihash up to 42 bytes, or SHA-256). A value type of fixed size.
class PeerId {
 public:
  static PeerId of(const crypto::PublicKey& key);
  /// The binary multihash. Errors: kBadPeerId.
  static Result<PeerId> parse(ByteView multihash);
  /// base58btc (Qm…, 12D3…, 16U…) or CIDv1 of codec libp2p-key in any multibase. Errors: kBadPeerId.
  static Result<PeerId> parse_text(std::string_view text);

  ByteView bytes() const noexcept { return {bytes_.data(), size_}; }
  /// base58btc.
  std::string to_string() const;
  /// The last few characters, for tables and logs: "…xK9dP2".
  std::string short_string() const;
  /// The key itself where the id holds it (identity multihash). Errors: kBadPeerId.
  Result<crypto::PublicKey> public_key() const;

  auto operator<=>(const PeerId&) const = default;

 private:
  PeerId() = default;
  ByteArray<42> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace opwire

template <>
struct std::hash<opwire::PeerId> {
  std::size_t operator()(const opwire::PeerId& id) const noexcept {
    std::size_t word = 0;  // the tail: key material or digest, whichever kind it is
    std::memcpy(&word, id.bytes().data() + id.bytes().size() - sizeof(word), sizeof(word));
    return word;
  }
};
