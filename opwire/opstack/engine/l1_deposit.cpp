#include "opwire/opstack/engine/l1_deposit.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::opstack {
namespace {

constexpr std::uint32_t kBedrockSelector = 0x015d8eb9;
constexpr std::uint32_t kEcotoneSelector = 0x440a5e20;
constexpr std::uint32_t kIsthmusSelector = 0x098999be;
constexpr std::uint32_t kJovianSelector = 0x3db6be2b;
constexpr std::uint8_t kDepositType = 0x7e;
constexpr std::uint8_t kL1InfoDomain = 1;
constexpr std::uint64_t kGas = 1'000'000;
constexpr std::uint64_t kSystemGas = 150'000'000;  // before Regolith

class Calldata {
 public:
  explicit Calldata(std::uint32_t selector) { number(selector); }
  template <class Number>
  Calldata& number(Number value) {
    bytes_.resize(bytes_.size() + sizeof(value));
    store_be<Number>(bytes_.data() + bytes_.size() - sizeof(value), value);
    return *this;
  }
  Calldata& word(std::uint64_t value) {
    bytes_.resize(bytes_.size() + 24);
    return number(value);
  }
  Calldata& append(ByteView more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  /// An address as a word.
  Calldata& append(const Address& address) {
    bytes_.resize(bytes_.size() + Hash256::kSize - Address::kSize);
    return append(address.view());
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

Bytes bedrock_calldata(const L1Info& info, const SystemConfig& system) {
  Calldata data(kBedrockSelector);
  data.word(info.origin.number.value).word(info.origin_timestamp).word(1).append(info.origin.hash.view());
  data.word(info.sequence_number).append(system.batcher);
  return data.append(system.overhead.view()).append(system.scalar.view()).take();
}

// Ecotone's, with what Isthmus and Jovian add at its end.
Bytes packed_calldata(const L1Info& info, const RollupConfig& config, std::uint64_t timestamp) {
  const SystemConfig& system = config.genesis.system_config;
  const bool isthmus = config.forks.is_active(Fork::kIsthmus, timestamp);
  const bool jovian = config.forks.is_active(Fork::kJovian, timestamp);
  const std::uint32_t before_jovian = isthmus ? kIsthmusSelector : kEcotoneSelector;
  const std::uint8_t* const scalar = system.scalar.bytes.data();
  Calldata data(jovian ? kJovianSelector : before_jovian);
  data.number(load_be<std::uint32_t>(scalar + 28)).number(load_be<std::uint32_t>(scalar + 24));
  data.number(info.sequence_number).number(info.origin_timestamp).number(info.origin.number.value);
  data.word(1).word(1).append(info.origin.hash.view()).append(system.batcher);
  const ByteView operator_fee = system.operator_fee_params.view();
  if (isthmus) data.append(operator_fee.last(12));  // scalar of 4 bytes, constant of 8
  if (jovian) data.number(system.da_footprint_gas_scalar);
  return data.take();
}

Hash256 source_hash(const L1Info& info) {
  ByteArray<32> sequence{};
  store_be<std::uint64_t>(sequence.data() + 24, info.sequence_number);
  crypto::Keccak256 hash;
  const Hash256 deposit = hash.update(info.origin.hash.view()).update(sequence).finish();
  ByteArray<32> domain{};
  domain[31] = kL1InfoDomain;
  return hash.update(domain).update(deposit.view()).finish();
}

Bytes address(std::string_view hex) {
  return codec::from_hex(hex).value();
}

}  // namespace

Bytes make_l1_deposit(const L1Info& info, const RollupConfig& config, std::uint64_t timestamp) {
  const bool packed = config.forks.is_active(Fork::kEcotone, timestamp);
  const bool regolith = config.forks.is_active(Fork::kRegolith, timestamp);
  Bytes deposit{kDepositType};
  codec::rlp::append_bytes(deposit, source_hash(info).view());
  codec::rlp::append_bytes(deposit, address("deaddeaddeaddeaddeaddeaddeaddeaddead0001"));
  codec::rlp::append_bytes(deposit, address("4200000000000000000000000000000000000015"));
  codec::rlp::append_bytes(deposit, {});  // no mint
  codec::rlp::append_uint(deposit, 0);    // no value
  codec::rlp::append_uint(deposit, regolith ? kGas : kSystemGas);
  codec::rlp::append_uint(deposit, regolith ? 0 : 1);
  codec::rlp::append_bytes(deposit, packed ? packed_calldata(info, config, timestamp)
                                           : bedrock_calldata(info, config.genesis.system_config));
  codec::rlp::wrap_list(deposit, 1);
  return deposit;
}

PayloadAttributes attributes_with_l1_deposit(const RollupConfig& config, BlockNumber number, std::uint64_t timestamp) {
  L1Info info;
  info.origin = config.genesis.l1;
  info.origin_timestamp = config.genesis.l2_time;
  info.sequence_number = number.value - config.genesis.l2.number.value;
  PayloadAttributes attributes;
  attributes.timestamp = timestamp;
  attributes.gas_limit = config.genesis.system_config.gas_limit;
  attributes.transactions.push_back(make_l1_deposit(info, config, timestamp));
  return attributes;
}

}  // namespace opwire::opstack
