// The Merkle-Patricia root of an ordered list, as Ethereum headers hold it for transactions and withdrawals.
#pragma once

#include <functional>

#include "opwire/base/bytes.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/crypto/keccak_batch.hpp"

namespace opwire::opstack {

/// Root of the trie that maps RLP(index) to value_at(index), for count values, count at most 2^24. An empty value has
/// no entry (as in op-geth, where inserting one fails silently). Values are hashed where they lie, and as many nodes at
/// once as do not depend on each other.
Hash256 ordered_trie_root(std::size_t count, const std::function<ByteView(std::size_t index)>& value_at,
                          crypto::Keccak256Batch& hash);

}  // namespace opwire::opstack
