// The published proofs, and a trie of one's own.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/l1/account_proof.hpp"

namespace opwire::opstack {

inline boost::json::value read_l1_vectors(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/opstack/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

template <class Fixed>
Fixed fixed_of(const boost::json::value& value) {
  return codec::from_hex_as<Fixed>(std::string_view(value.as_string())).value();
}

/// index 0: the block signer's slot, which holds one; 1: another slot of another contract, which is absent.
struct ProofVector {
  explicit ProofVector(std::size_t index) {
    const boost::json::value file = read_l1_vectors("l1_unsafe_block_signer_storage_proofs.json");
    const boost::json::value& vector = file.at("proofs").at(index);
    answer = vector.at("eth_getProof");
    state_root = fixed_of<Hash256>(vector.at("state_root"));
    account = fixed_of<Address>(answer.at("address"));
    slot = fixed_of<Hash256>(answer.at("storageProof").at(0).at("key"));
  }
  Result<Hash256> verify(const AccountProof& proof) const { return verify_proof(state_root, account, slot, proof); }

  boost::json::value answer;
  Hash256 state_root;
  Address account;
  Hash256 slot;
};

}  // namespace opwire::opstack
