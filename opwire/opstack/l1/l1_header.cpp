#include "opwire/opstack/l1/l1_header.hpp"

#include <algorithm>
#include <array>

#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/json_fields.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxExtraData = 16 * 1024;  // Clique's checkpoints list all signers
constexpr std::size_t kMaxHeader = 1024;          // without extra data

enum class Kind : unsigned char { kBytes8, kBytes20, kBytes32, kBytes256, kNumber, kText };
struct Field {
  std::string_view name;
  Kind kind;
};

constexpr std::array kAlways{Field{"parentHash", Kind::kBytes32},
                             Field{"sha3Uncles", Kind::kBytes32},
                             Field{"miner", Kind::kBytes20},
                             Field{"stateRoot", Kind::kBytes32},
                             Field{"transactionsRoot", Kind::kBytes32},
                             Field{"receiptsRoot", Kind::kBytes32},
                             Field{"logsBloom", Kind::kBytes256},
                             Field{"difficulty", Kind::kNumber},
                             Field{"number", Kind::kNumber},
                             Field{"gasLimit", Kind::kNumber},
                             Field{"gasUsed", Kind::kNumber},
                             Field{"timestamp", Kind::kNumber},
                             Field{"extraData", Kind::kText},
                             Field{"mixHash", Kind::kBytes32},
                             Field{"nonce", Kind::kBytes8}};
// London, Shanghai, Cancun, Prague, Amsterdam.
constexpr std::array kLater{Field{"baseFeePerGas", Kind::kNumber},
                            Field{"withdrawalsRoot", Kind::kBytes32},
                            Field{"blobGasUsed", Kind::kNumber},
                            Field{"excessBlobGas", Kind::kNumber},
                            Field{"parentBeaconBlockRoot", Kind::kBytes32},
                            Field{"requestsHash", Kind::kBytes32},
                            Field{"blockAccessListHash", Kind::kBytes32},
                            Field{"slotNumber", Kind::kNumber}};
constexpr std::array<std::string_view, 8> kBeside{"hash",   "size",        "totalDifficulty", "transactions",
                                                  "uncles", "withdrawals", "author",          "sealFields"};

bool is_known(std::string_view name) {
  const auto named = [&](const Field& field) { return field.name == name; };
  return std::ranges::any_of(kAlways, named) || std::ranges::any_of(kLater, named) ||
         std::ranges::find(kBeside, name) != kBeside.end();
}

std::size_t size_of(Kind kind) {
  switch (kind) {
    case Kind::kBytes8:
      return 8;
    case Kind::kBytes20:
      return 20;
    case Kind::kBytes32:
      return 32;
    default:
      return 256;
  }
}

Result<void> append(Bytes& header, const json::value* value, Kind kind) {
  if (kind == Kind::kNumber) {
    ByteArray<32> number{};
    OPW_TRYV(l1::read_quantity(value, number));
    codec::rlp::append_uint256(header, number);
    return {};
  }
  const bool is_text = kind == Kind::kText;
  OPW_TRY(const Bytes bytes, l1::read_bytes(value, is_text ? kMaxExtraData : size_of(kind)));
  if (!is_text && bytes.size() != size_of(kind)) return errors::kL1Answer;
  codec::rlp::append_bytes(header, bytes);
  return {};
}

Result<Hash256> header_hash(const json::value& block) {
  Bytes header;
  header.reserve(kMaxHeader);
  for (const Field& field : kAlways) OPW_TRYV(append(header, l1::find_field(block, field.name), field.kind));
  bool ended = false;
  for (const Field& field : kLater) {
    const json::value* const value = l1::find_field(block, field.name);
    if (value != nullptr && ended) return Error(errors::kL1Answer, "a later field without an earlier one");
    ended = value == nullptr;
    if (!ended) OPW_TRYV(append(header, value, field.kind));
  }
  codec::rlp::wrap_list(header, 0);
  return crypto::keccak256(header);
}

}  // namespace

Result<L1Header> parse_l1_header(const json::value& block) {
  if (block.is_null()) return errors::kL1NoBlock;
  L1Header header;
  OPW_TRY(header.hash, l1::read_fixed<Hash256>(l1::find_field(block, "hash")));
  OPW_TRY(header.number.value, l1::read_uint64(l1::find_field(block, "number")));
  OPW_TRY(header.state_root, l1::read_fixed<Hash256>(l1::find_field(block, "stateRoot")));
  OPW_TRY(header.timestamp, l1::read_uint64(l1::find_field(block, "timestamp")));
  return header;
}

Result<L1Header> verify_l1_header(const json::value& block) {
  OPW_TRY(const L1Header header, parse_l1_header(block));
  OPW_TRY(const Hash256 hash, header_hash(block));
  if (hash == header.hash) return header;
  for (const auto& [name, value] : block.as_object()) {
    if (!is_known(name) && !value.is_null()) return errors::kL1UnknownHeader;
  }
  return errors::kL1HeaderHash;
}

}  // namespace opwire::opstack
