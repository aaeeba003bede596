#include "opwire/opstack/payload/block_hash.hpp"

#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/keccak_batch.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/trie_root.hpp"

namespace opwire::opstack {
namespace {

namespace rlp = codec::rlp;

constexpr std::size_t kHeaderSize = 900;  // more than any header takes
constexpr ByteArray<32> kNoOmmers{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                  0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                  0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47};
constexpr ByteArray<8> kNonce{};

// An L2 block has no execution requests: the hash is that of nothing.
const Hash256& no_requests_hash() {
  static const Hash256 hash = crypto::sha256({});
  return hash;
}

// What Canyon, Ecotone and Isthmus added.
void append_tail(Bytes& header, const Envelope& envelope) {
  const ExecutionPayload& payload = envelope.payload;
  if (has_withdrawals(payload.version)) {
    const bool own_root = has_withdrawals_root(payload.version);
    rlp::append_bytes(header, (own_root ? payload.withdrawals_root : withdrawals_root(payload.withdrawals)).view());
  }
  if (has_blob_gas(payload.version)) {
    rlp::append_uint(header, payload.blob_gas_used);
    rlp::append_uint(header, payload.excess_blob_gas);
    rlp::append_bytes(header, envelope.parent_beacon_block_root.view());
  }
  if (has_withdrawals_root(payload.version)) rlp::append_bytes(header, no_requests_hash().view());
}

Hash256 transactions_root(const TransactionList& transactions, crypto::Keccak256Batch& hash) {
  return ordered_trie_root(transactions.size(), [&](std::size_t index) { return transactions[index]; }, hash);
}

Bytes make_header(const Envelope& envelope, const Hash256& root_of_transactions) {
  const ExecutionPayload& payload = envelope.payload;
  Bytes header;
  header.reserve(kHeaderSize);
  rlp::append_bytes(header, payload.parent_hash.view());
  rlp::append_bytes(header, kNoOmmers);
  rlp::append_bytes(header, payload.fee_recipient.view());
  rlp::append_bytes(header, payload.state_root.view());
  rlp::append_bytes(header, root_of_transactions.view());
  rlp::append_bytes(header, payload.receipts_root.view());
  rlp::append_bytes(header, payload.logs_bloom.view());
  rlp::append_uint(header, 0);  // difficulty
  rlp::append_uint(header, payload.number.value);
  rlp::append_uint(header, payload.gas_limit);
  rlp::append_uint(header, payload.gas_used);
  rlp::append_uint(header, payload.timestamp);
  rlp::append_bytes(header, payload.extra_data.view());
  rlp::append_bytes(header, payload.prev_randao.view());
  rlp::append_bytes(header, kNonce);
  rlp::append_uint256(header, payload.base_fee_per_gas.view());
  append_tail(header, envelope);
  rlp::wrap_list(header, 0);
  return header;
}

Hash256 block_hash(const Envelope& envelope, crypto::Keccak256Batch& hash) {
  const Bytes header = make_header(envelope, transactions_root(envelope.payload.transactions, hash));
  Hash256 digest;
  const crypto::Keccak256Batch::Message message{{}, header, &digest};
  hash.run({&message, 1});
  return digest;
}

}  // namespace

Hash256 transactions_root(const TransactionList& transactions) {
  crypto::Keccak256Batch hash;
  return transactions_root(transactions, hash);
}

Hash256 withdrawals_root(const WithdrawalList& withdrawals) {
  std::vector<Bytes> encoded;
  for (const Withdrawal& withdrawal : withdrawals.items()) {
    Bytes& item = encoded.emplace_back();
    rlp::append_uint(item, withdrawal.index);
    rlp::append_uint(item, withdrawal.validator);
    rlp::append_bytes(item, withdrawal.address.view());
    rlp::append_uint(item, withdrawal.amount);
    rlp::wrap_list(item, 0);
  }
  crypto::Keccak256Batch hash;
  return ordered_trie_root(encoded.size(), [&](std::size_t index) { return ByteView(encoded[index]); }, hash);
}

Hash256 block_hash(const Envelope& envelope) {
  crypto::Keccak256Batch hash;
  return block_hash(envelope, hash);
}

BlockHashes block_hashes(const Envelope& envelope, ByteView ssz) {
  crypto::Keccak256Batch hash(ssz);
  BlockHashes hashes;
  hashes.block = block_hash(envelope, hash);
  hashes.payload = hash.finish_beside();
  return hashes;
}

Result<void> check_block_hash(const Envelope& envelope) {
  if (block_hash(envelope) != envelope.payload.block_hash) return errors::kBlockHash;
  return {};
}

}  // namespace opwire::opstack
