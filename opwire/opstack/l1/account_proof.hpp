// eth_getProof (EIP-1186): one storage slot of one account.
#pragma once

#include <boost/json/value.hpp>
#include <vector>

#include "opwire/opstack/l1/trie_proof.hpp"

namespace opwire::opstack {

struct AccountProof {
  std::vector<Bytes> account;  ///< nodes from the state root on
  std::vector<Bytes> storage;  ///< nodes from the account's storage root on
};

/// The answer to a question for one slot. What it claims beside the nodes is not read: they show it. Errors: kL1Answer.
Result<AccountProof> parse_account_proof(const boost::json::value& answer);

/// The slot's word; zero: shown to be absent. Errors: kL1Proof, kL1NoAccount (shown to be absent).
Result<Hash256> verify_proof(const Hash256& state_root, const Address& account, const Hash256& slot,
                             const AccountProof& proof);

}  // namespace opwire::opstack
