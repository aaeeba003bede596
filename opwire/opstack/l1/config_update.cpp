#include "opwire/opstack/l1/config_update.hpp"

#include "opwire/opstack/l1/json_fields.hpp"

namespace opwire::opstack {
namespace {

// keccak256("ConfigUpdate(uint256,uint8,bytes)"), and the type for the block signer.
constexpr std::string_view kEvent = "0x1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be";
constexpr std::string_view kSignerType = "0x0000000000000000000000000000000000000000000000000000000000000003";

constexpr std::size_t kWord = 32;
constexpr std::size_t kPadding = kWord - Address::kSize;

bool is_hash(const boost::json::value& topic, std::string_view expected) {
  const auto hash = l1::read_fixed<Hash256>(&topic);
  return hash && *hash == *codec::from_hex_as<Hash256>(expected);
}

bool is_number(ByteView word, std::uint8_t value) {
  return std::ranges::all_of(word.first(kWord - 1), [](std::uint8_t byte) { return byte == 0; }) &&
         word.back() == value;
}

// bytes that hold one address: where they begin, how many they are, the address in a word.
Result<Address> parse_data(ByteView data) {
  if (data.size() != 3 * kWord) return errors::kL1Log;
  if (!is_number(data.first(kWord), kWord) || !is_number(data.subspan(kWord, kWord), kWord)) return errors::kL1Log;
  const ByteView word = data.subspan(2 * kWord);
  if (std::ranges::any_of(word.first(kPadding), [](std::uint8_t byte) { return byte != 0; })) return errors::kL1Log;
  return *Address::from(word.subspan(kPadding));
}

}  // namespace

Result<SignerUpdate> parse_signer_update(const boost::json::value& log, const Address& system_config) {
  const auto from = l1::read_fixed<Address>(l1::find_field(log, "address"));
  if (!from || *from != system_config) return errors::kL1Log;
  const auto* const topics = l1::find_field(log, "topics");
  const auto* const list = topics == nullptr ? nullptr : topics->if_array();
  if (list == nullptr || list->size() != 3) return errors::kL1Log;
  if (!is_hash((*list)[0], kEvent) || !is_hash((*list)[2], kSignerType)) return errors::kL1Log;
  const auto data = l1::read_bytes(l1::find_field(log, "data"), 3 * kWord);
  if (!data) return errors::kL1Log;
  SignerUpdate update;
  OPW_TRY(update.signer, parse_data(*data));
  const auto* const removed = l1::find_field(log, "removed");
  update.removed = removed != nullptr && removed->is_bool() && removed->get_bool();
  return update;
}

std::string signer_update_subscription(const Address& system_config) {
  std::string text = R"(["logs",{"address":")" + codec::to_hex0x(system_config.view()) + R"(","topics":[")";
  return text.append(kEvent).append(R"(",null,")").append(kSignerType).append(R"("]}])");
}

}  // namespace opwire::opstack
