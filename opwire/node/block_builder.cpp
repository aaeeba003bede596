#include "opwire/node/block_builder.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/engine/l1_deposit.hpp"
#include "opwire/opstack/payload/block_hash.hpp"

namespace opwire::node {
namespace {

using opstack::Fork;

constexpr std::uint64_t kGasLimit = 30'000'000;

Hash256 hash_of(std::string_view text, std::uint64_t number) {
  ByteArray<8> suffix;
  store_be(suffix.data(), number);
  crypto::Keccak256 hash;
  return hash.update(as_bytes(text)).update(suffix).finish();
}

Address address(std::string_view hex) {
  return codec::from_hex_as<Address>(hex).value();
}

opstack::ExtraData extra_data_of(const opstack::ForkSchedule& forks, std::uint64_t timestamp) {
  if (!forks.is_active(Fork::kHolocene, timestamp)) return {};
  opstack::FeeParameters fees;
  fees.denominator = 250;
  fees.elasticity = 6;
  if (forks.is_active(Fork::kJovian, timestamp)) fees.min_base_fee = 0;
  return opstack::ExtraData::make(fees);
}

}  // namespace

BlockBuilder::BlockBuilder(const opstack::RollupConfig& config, std::size_t transactions, std::size_t transaction_size,
                           Rng& rng)
    : config_(config),
      transactions_(transactions),
      transaction_size_(transaction_size),
      rng_(rng),
      parent_(config.genesis.l2.hash),
      number_(config.genesis.l2.number) {}

opstack::TransactionList BlockBuilder::make_transactions(std::uint64_t timestamp) {
  std::vector<Bytes> all = opstack::attributes_with_l1_deposit(config_, number_, timestamp).transactions;
  for (std::size_t i = 0; i < transactions_; ++i) {
    Bytes& transaction = all.emplace_back(transaction_size_);
    rng_.fill(transaction);
    if (!transaction.empty()) transaction[0] = 2;  // the type byte of an EIP-1559 transaction
  }
  const std::vector<ByteView> views(all.begin(), all.end());
  return opstack::TransactionList::make(views).value();
}

opstack::Envelope BlockBuilder::next(std::uint64_t timestamp) {
  ++number_.value;
  opstack::Envelope envelope;
  opstack::ExecutionPayload& payload = envelope.payload;
  payload.version = config_.forks.payload_version(timestamp);
  payload.parent_hash = parent_;
  payload.fee_recipient = address("0x4200000000000000000000000000000000000011");
  payload.state_root = hash_of("state", number_.value);
  payload.receipts_root = hash_of("receipts", number_.value);
  payload.prev_randao = hash_of("randao", number_.value);
  payload.number = number_;
  payload.gas_limit = kGasLimit;
  payload.gas_used = 21'000 * (transactions_ + 1);
  payload.timestamp = timestamp;
  payload.extra_data = extra_data_of(config_.forks, timestamp);
  store_be<std::uint64_t>(payload.base_fee_per_gas.bytes.data() + 24, 1'000'000'000);
  payload.transactions = make_transactions(timestamp);
  if (opstack::has_withdrawals_root(payload.version)) payload.withdrawals_root = hash_of("withdrawals", 0);
  if (opstack::has_beacon_root(payload.version)) envelope.parent_beacon_block_root = hash_of("beacon", number_.value);
  payload.block_hash = opstack::block_hash(envelope);
  parent_ = payload.block_hash;
  return envelope;
}

opstack::RollupConfig make_devnet_config(Fork fork, std::uint64_t block_time, std::uint64_t genesis_time) {
  opstack::RollupConfig config;
  config.genesis.l1 = {hash_of("l1", 0), BlockNumber{0}};
  config.genesis.l2 = {hash_of("l2", 0), BlockNumber{0}};
  config.genesis.l2_time = genesis_time;
  config.genesis.system_config.batcher = address("0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc");
  config.genesis.system_config.scalar.bytes[0] = 1;
  config.genesis.system_config.gas_limit = kGasLimit;
  config.block_time = block_time;
  config.max_sequencer_drift = 600;
  config.seq_window_size = 3600;
  config.channel_timeout = 300;
  config.l1_chain_id = ChainId{900};
  config.l2_chain_id = ChainId{901};
  for (std::size_t i = 1; i <= static_cast<std::size_t>(fork); ++i) config.forks.set_time(static_cast<Fork>(i), 0);
  config.batch_inbox_address = address("0xff00000000000000000000000000000000000901");
  config.deposit_contract_address = address("0x6900000000000000000000000000000000000001");
  config.l1_system_config_address = address("0x6900000000000000000000000000000000000009");
  config.fees = opstack::FeeConfig{6, 50, 250};
  return config;
}

}  // namespace opwire::node
