// Self-describing hashes: function, length, digest (multiformats/multihash).
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::multiformats {

struct Multihash {
  static constexpr std::uint64_t kIdentity = 0x00;  // the digest is the data itself
  static constexpr std::uint64_t kSha256 = 0x12;

  std::uint64_t function;  ///< code of the multicodec table, known here or not
  ByteView digest;         ///< inside the parsed bytes
};

/// All of data must be one multihash. Errors: kBadMultihash.
Result<Multihash> parse_multihash(ByteView data) noexcept;

}  // namespace opwire::multiformats
