// Keccak-256 of many messages at once.
#pragma once

#include <span>

#include "opwire/crypto/hash.hpp"

namespace opwire::crypto {

/// Hashes messages side by side in the lanes of vector registers (AVX-512: eight, AVX2: four), where the machine has
/// them; a lane whose message ends takes the next one. Elsewhere one after the other.
class Keccak256Batch {
 public:
  struct Message {
    ByteView head;  ///< at most 136 bytes; body follows it
    ByteView body;
    Hash256* digest;
  };

  Keccak256Batch() noexcept = default;
  /// One long message is hashed beside all batches, in a lane of its own: as far as it goes they cost next to nothing.
  /// It must outlive the object.
  explicit Keccak256Batch(ByteView beside) noexcept : beside_(beside) {}

  /// Writes the digests.
  void run(std::span<const Message> messages) noexcept;
  /// Hashes what is left of the long message. Call it once, after all batches.
  Hash256 finish_beside() noexcept;
  /// Whether there are lanes: otherwise batches gain nothing.
  static bool has_lanes() noexcept;

 private:
  void run_in_lanes(std::span<const Message> messages) noexcept;

  ByteView beside_;  // from the first byte that is not absorbed yet
  Keccak256 hash_;   // of what was before it
};

}  // namespace opwire::crypto
