#include "opwire/opstack/driver/l1_info.hpp"

#include "opwire/codec/rlp_reader.hpp"
#include "opwire/opstack/driver/errors.hpp"

namespace opwire::opstack {
namespace {

constexpr std::uint32_t kBedrock = 0x015d8eb9;
constexpr std::uint32_t kEcotone = 0x440a5e20;
constexpr std::uint32_t kIsthmus = 0x098999be;
constexpr std::uint32_t kJovian = 0x3db6be2b;

constexpr std::size_t kSelectorSize = 4;
constexpr std::size_t kWord = 32;
constexpr std::uint8_t kDepositType = 0x7e;
constexpr int kFieldsBeforeData = 7;  // source hash, from, to, mint, value, gas, is-system

// A uint64 that the ABI has widened to a word.
Result<std::uint64_t> word_as_uint64(ByteView word) {
  for (const std::uint8_t byte : word.first(kWord - 8)) {
    if (byte != 0) return errors::kL1Info;
  }
  return load_be<std::uint64_t>(word.data() + kWord - 8);
}

Result<L1Info> parse_bedrock(ByteView calldata) {
  constexpr std::size_t kSize = kSelectorSize + 8 * kWord;
  if (calldata.size() != kSize) return errors::kL1Info;
  const auto word = [&](std::size_t index) { return calldata.subspan(kSelectorSize + index * kWord, kWord); };
  L1Info info;
  OPW_TRY(info.origin.number.value, word_as_uint64(word(0)));
  OPW_TRY(info.origin_timestamp, word_as_uint64(word(1)));
  info.origin.hash = *Hash256::from(word(3));
  OPW_TRY(info.sequence_number, word_as_uint64(word(4)));
  return info;
}

// What later forks add stands behind what is read here.
Result<L1Info> parse_packed(ByteView calldata, std::size_t size) {
  if (calldata.size() != size) return errors::kL1Info;
  L1Info info;
  info.sequence_number = load_be<std::uint64_t>(calldata.data() + 12);
  info.origin_timestamp = load_be<std::uint64_t>(calldata.data() + 20);
  info.origin.number.value = load_be<std::uint64_t>(calldata.data() + 28);
  info.origin.hash = *Hash256::from(calldata.subspan(100, Hash256::kSize));
  return info;
}

Result<ByteView> deposit_data(ByteView transaction) {
  if (transaction.empty() || transaction[0] != kDepositType) return errors::kL1Info;
  OPW_TRY(codec::rlp::Reader fields, codec::rlp::read_list(transaction.subspan(1)));
  for (int field = 0; field < kFieldsBeforeData; ++field) {
    if (!fields.bytes()) return errors::kL1Info;
  }
  OPW_TRY(const ByteView data, fields.bytes());
  if (!fields.empty()) return errors::kL1Info;
  return data;
}

}  // namespace

Result<L1Info> parse_l1_info(ByteView calldata) {
  if (calldata.size() < kSelectorSize) return errors::kL1Info;
  switch (load_be<std::uint32_t>(calldata.data())) {
    case kBedrock:
      return parse_bedrock(calldata);
    case kEcotone:
      return parse_packed(calldata, 164);
    case kIsthmus:
      return parse_packed(calldata, 176);
    case kJovian:
      return parse_packed(calldata, 178);
    default:
      return errors::kL1Info;
  }
}

Result<L1Info> parse_l1_info_deposit(ByteView transaction) {
  const auto data = deposit_data(transaction);
  if (!data) return errors::kL1Info;
  return parse_l1_info(*data);
}

Result<L2BlockRef> block_ref(const ExecutionPayload& payload) {
  if (payload.transactions.size() == 0) return errors::kL1Info;
  OPW_TRY(const L1Info info, parse_l1_info_deposit(payload.transactions[0]));
  L2BlockRef ref;
  ref.hash = payload.block_hash;
  ref.number = payload.number;
  ref.parent_hash = payload.parent_hash;
  ref.timestamp = payload.timestamp;
  ref.l1_origin = info.origin;
  ref.sequence_number = info.sequence_number;
  return ref;
}

}  // namespace opwire::opstack
