// The Merkle-Patricia root of an ordered list, as Ethereum headers hold it for transactions and withdrawals.
#pragma once

#include <functional>

#include "opwire/base/bytes.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::opstack {

/// Root of the trie that maps RLP(index) to value_at(index), for count values, count at most 2^24. An empty value has
/// no entry (as in op-geth, where inserting one fails silently). Values are hashed where they lie; the work beyond
/// hashing them is a few percent.
Hash256 ordered_trie_root(std::size_t count, const std::function<ByteView(std::size_t index)>& value_at);

}  // namespace opwire::opstack
