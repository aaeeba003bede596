#include "bench/signed_blocks.hpp"

#include "opwire/base/rng.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/block_signer.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::bench {
namespace {

constexpr ChainId kChain{901};
constexpr std::uint64_t kTime = 1'700'000'000;
constexpr ByteArray<32> kKey{1};

template <class Fixed>
void fill(Rng& rng, Fixed& value) {
  rng.fill(value.bytes);
}

opstack::TransactionList random_transactions(Rng& rng, std::size_t count, std::size_t size) {
  std::vector<Bytes> transactions(count, Bytes(size));
  std::vector<ByteView> views;
  for (Bytes& transaction : transactions) {
    rng.fill(transaction);
    views.emplace_back(transaction);
  }
  return opstack::TransactionList::make(views).value();
}

opstack::Envelope make_block(Rng& rng, std::uint64_t number, const Hash256& parent, std::size_t transactions,
                             std::size_t transaction_size) {
  opstack::Envelope envelope;
  opstack::ExecutionPayload& payload = envelope.payload;
  payload.version = opstack::PayloadVersion::kV4;
  payload.parent_hash = parent;
  fill(rng, payload.state_root);
  fill(rng, payload.receipts_root);
  fill(rng, payload.prev_randao);
  fill(rng, payload.withdrawals_root);
  fill(rng, envelope.parent_beacon_block_root);
  payload.number = BlockNumber{number};
  payload.gas_limit = 60'000'000;
  payload.gas_used = 21'000 * transactions;
  payload.timestamp = kTime;
  payload.extra_data = opstack::ExtraData::make({.denominator = 250, .elasticity = 6});
  payload.base_fee_per_gas.bytes[28] = 59;
  payload.transactions = random_transactions(rng, transactions, transaction_size);
  payload.block_hash = opstack::block_hash(envelope);
  return envelope;
}

Bytes sign(const opstack::Envelope& envelope) {
  const Bytes ssz = opstack::encode_ssz(envelope);
  const auto digest = opstack::signing_hash(kChain, opstack::payload_hash(ssz));
  return opstack::make_gossip_body(crypto::sign_recoverable(kKey, digest).value(), ssz);
}

opstack::CheckContext make_context() {
  opstack::CheckContext context;
  context.chain = kChain;
  for (std::size_t fork = 1; fork <= static_cast<std::size_t>(opstack::Fork::kIsthmus); ++fork) {
    context.forks.set_time(static_cast<opstack::Fork>(fork), 0);
  }
  const auto proof = crypto::sign_recoverable(kKey, Hash256{}).value();
  context.signer = opstack::AuthorisedSigner(crypto::recover_address(proof, Hash256{}).value());
  context.now = from_unix_seconds(kTime);
  return context;
}

}  // namespace

SignedBlocks make_signed_blocks(std::size_t count, std::size_t transactions, std::size_t transaction_size) {
  SeededRng rng(1);
  SignedBlocks blocks;
  blocks.context = make_context();
  blocks.topic = opstack::BlockTopics(kChain).name(opstack::PayloadVersion::kV4);
  Hash256 parent;
  for (std::size_t i = 0; i < count; ++i) {
    const opstack::Envelope envelope = make_block(rng, i + 1, parent, transactions, transaction_size);
    parent = envelope.payload.block_hash;
    const Bytes body = sign(envelope);
    blocks.plain_size = body.size();
    blocks.messages.push_back(codec::snappy::compress(body));
  }
  return blocks;
}

}  // namespace opwire::bench
