// From a payload to the block hash: the header that the execution layer would build of it.
#pragma once

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

/// Merkle-Patricia root over the transactions' bytes.
Hash256 transactions_root(const TransactionList& transactions);

/// Merkle-Patricia root over the withdrawals; the empty trie's root for none, which is what a Canyon header has.
Hash256 withdrawals_root(const WithdrawalList& withdrawals);

/// keccak256(RLP(header)); the version decides which fields end the header. payload.block_hash plays no part.
Hash256 block_hash(const Envelope& envelope);

struct BlockHashes {
  Hash256 payload;
  Hash256 block;
};
/// payload_hash(ssz) and block_hash(envelope), where envelope was decoded from ssz. Where Keccak256Batch has lanes both
/// together take little longer than the first alone.
BlockHashes block_hashes(const Envelope& envelope, ByteView ssz);

/// Errors: kBlockHash when payload.block_hash is another.
Result<void> check_block_hash(const Envelope& envelope);

}  // namespace opwire::opstack
