#include "opwire/opstack/l1/account_proof.hpp"

#include "opwire/codec/rlp_reader.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/json_fields.hpp"

namespace opwire::opstack {
namespace {

Result<std::vector<Bytes>> parse_nodes(const boost::json::value* list) {
  const auto* const items = list == nullptr ? nullptr : list->if_array();
  if (items == nullptr || items->size() > kMaxProofNodes) return Error(errors::kL1Answer, "nodes of a proof");
  std::vector<Bytes> nodes;
  for (const boost::json::value& item : *items) {
    OPW_TRY(Bytes node, l1::read_bytes(&item, kMaxProofNode));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

// Nonce, balance, storage root, code hash.
Result<Hash256> storage_root_of(ByteView account) {
  auto fields = codec::rlp::read_list(account);
  if (!fields || !fields->bytes() || !fields->bytes()) return errors::kL1Proof;
  const auto root = fields->bytes();
  const auto code = fields->bytes();
  if (!root || !code || !fields->empty()) return errors::kL1Proof;
  const auto fixed = Hash256::from(*root);
  if (!fixed || code->size() != Hash256::kSize) return errors::kL1Proof;
  return *fixed;
}

// A number of up to 32 bytes, in RLP once more.
Result<Hash256> word_of(ByteView value) {
  codec::rlp::Reader reader(value);
  const auto digits = reader.bytes();
  if (!digits || !reader.empty() || digits->empty() || digits->size() > Hash256::kSize) return errors::kL1Proof;
  Hash256 word;
  std::ranges::copy(*digits, word.bytes.end() - static_cast<std::ptrdiff_t>(digits->size()));
  return word;
}

}  // namespace

Result<AccountProof> parse_account_proof(const boost::json::value& answer) {
  AccountProof proof;
  OPW_TRY(proof.account, parse_nodes(l1::find_field(answer, "accountProof")));
  const auto* const slots = l1::find_field(answer, "storageProof");
  const auto* const list = slots == nullptr ? nullptr : slots->if_array();
  if (list == nullptr || list->size() != 1) return Error(errors::kL1Answer, "a proof of one slot");
  OPW_TRY(proof.storage, parse_nodes(l1::find_field(list->front(), "proof")));
  return proof;
}

Result<Hash256> verify_proof(const Hash256& state_root, const Address& account, const Hash256& slot,
                             const AccountProof& proof) {
  OPW_TRY(const ByteView leaf, verify_trie_proof(state_root, crypto::keccak256(account.view()), proof.account));
  if (leaf.empty()) return errors::kL1NoAccount;
  OPW_TRY(const Hash256 storage_root, storage_root_of(leaf));
  OPW_TRY(const ByteView value, verify_trie_proof(storage_root, crypto::keccak256(slot.view()), proof.storage));
  if (value.empty()) return Hash256{};
  return word_of(value);
}

}  // namespace opwire::opstack
