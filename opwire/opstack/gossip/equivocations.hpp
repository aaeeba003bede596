// Signed blocks that contradict each other: different ones at one height. Sans-I/O.
//
// Different means different content (payload hash), on whatever topic: of one content anybody can make a second valid
// signature (s and n-s). A sequencer also does this without malice, after a restart or when L1 took another course; and
// in the grace period of a rotation there may be two signers, which is why each block names its own.
//
// Bounded: of the latest kRemembered heights the first block is remembered (some 300 bytes), and of the latest kHeights
// heights with different ones up to kBlocks of them. Blocks that are too old are compared and never remembered: old
// signed blocks, which anybody has, cannot push out the new ones.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/gossip/signed_block.hpp"

namespace opwire::opstack {

struct Sighting {
  SignedBlock block;
  std::optional<PeerId> from;  ///< who sent it first; none: we did
  WallTime at{};
};

/// All that was signed at one height, in the order of arrival; at least two.
struct Equivocation {
  BlockNumber number;
  std::vector<Sighting> blocks;
  bool more = false;  ///< there were further ones
};

class Equivocations {
 public:
  static constexpr std::size_t kRemembered = 1024;
  static constexpr std::size_t kHeights = 64;
  static constexpr std::size_t kBlocks = 16;

  /// To be told of every block with a valid signature, also the same again. The evidence when this one adds to it,
  /// valid until the next call.
  const Equivocation* note(const Sighting& sighting, bool too_old);

  /// By when the first contradiction at each height was seen, the latest last.
  const std::deque<Equivocation>& all() const noexcept { return all_; }
  /// Blocks after the first of their height; those beyond kBlocks are not counted.
  std::uint64_t total() const noexcept { return total_; }

 private:
  Equivocation* find(BlockNumber number);

  void remember(const Sighting& sighting);

  std::unordered_map<std::uint64_t, Sighting> first_;  // by height
  std::deque<std::uint64_t> order_;                    // of first_, the oldest in front, whatever is asked for since
  std::deque<Equivocation> all_;
  std::uint64_t total_ = 0;
};

}  // namespace opwire::opstack
