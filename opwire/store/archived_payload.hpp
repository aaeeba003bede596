// An L2 block as the archive keeps it, and its record.
//
// A record: version (1), kind (1), payload version (1), number (8), block hash (32), parent hash (32), timestamp (8),
// for signed ones the signature (65), then the body to the end. Numbers are little endian. It lies sealed under the
// block's key (sealed_value.hpp), with the order of arrival as its rank.
#pragma once

#include <optional>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/opstack/chain/fork.hpp"

namespace opwire::store {

enum class PayloadKind : std::uint8_t {
  kSigned = 1,  ///< from gossip, with the sequencer's signature over it
  kLinked = 2,  ///< asked for, and held for true because a block that was already held so names it as its parent
};

struct ArchivedPayload {
  PayloadKind kind = PayloadKind::kLinked;
  opstack::PayloadVersion version = opstack::PayloadVersion::kV1;
  BlockNumber number;
  Hash256 hash;
  Hash256 parent_hash;
  std::uint64_t timestamp = 0;  ///< of the block, unix seconds
  /// Of kSigned, and of no other.
  std::optional<ByteArray<65>> signature;
  /// The envelope's SSZ in snappy's framing format: what a peer is sent. Not looked at here.
  Bytes framed;

  friend bool operator==(const ArchivedPayload&, const ArchivedPayload&) = default;
};

/// Gossip takes envelopes of up to 10 MiB; incompressible ones grow a little.
inline constexpr std::size_t kMaxFramedPayload = 11 << 20;

/// Whether it may be put: the signature is there where it belongs, and the body is within its limit.
bool is_storable(const ArchivedPayload& payload) noexcept;
/// payload: is_storable().
Bytes encode_payload(const ArchivedPayload& payload);
/// Errors: kBadValue. What is taken encodes to the same bytes.
Result<ArchivedPayload> parse_payload(ByteView record);
/// The kind alone; nothing where there is none.
std::optional<PayloadKind> payload_kind(ByteView record) noexcept;
/// The timestamp alone.
std::optional<std::uint64_t> payload_timestamp(ByteView record) noexcept;

}  // namespace opwire::store
