// What a Merkle-Patricia trie holds under a key, shown by the nodes on the way there (Yellow Paper, appendix D).
#pragma once

#include <span>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::opstack {

inline constexpr std::size_t kMaxProofNodes = 128;
inline constexpr std::size_t kMaxProofNode = 1024;  ///< bytes; a full branch has 532

/// The root of a trie that holds nothing.
const Hash256& empty_trie_root() noexcept;

/// The value under path, a hashed key; empty: shown to be absent. nodes: from the root on; those that are not on the
/// way are passed over, as servers add embedded nodes once more. The value points into nodes. Errors: kL1Proof (a hash
/// that does not fit, a node that is none, the way is not shown to its end, more than the limits above).
Result<ByteView> verify_trie_proof(const Hash256& root, const Hash256& path, std::span<const Bytes> nodes);

}  // namespace opwire::opstack
