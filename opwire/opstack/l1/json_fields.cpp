#include "opwire/opstack/l1/json_fields.hpp"

#include "opwire/codec/quantity.hpp"

namespace opwire::opstack::l1 {

const boost::json::value* find_field(const boost::json::value& object, std::string_view key) {
  const auto* const fields = object.if_object();
  if (fields == nullptr) return nullptr;
  const auto* const value = fields->if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::string_view> hex_digits(const boost::json::value* value) {
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr || !text->starts_with("0x")) return errors::kL1Answer;
  return std::string_view(*text).substr(2);
}

Result<Bytes> read_bytes(const boost::json::value* value, std::size_t most) {
  OPW_TRY(const std::string_view digits, hex_digits(value));
  if (digits.size() > 2 * most) return errors::kL1Answer;
  auto bytes = codec::from_hex(digits);
  if (!bytes) return errors::kL1Answer;
  return std::move(*bytes);
}

Result<void> read_quantity(const boost::json::value* value, MutableByteView big_endian) {
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr || !codec::from_quantity(*text, big_endian)) return errors::kL1Answer;
  return {};
}

Result<std::uint64_t> read_uint64(const boost::json::value* value) {
  ByteArray<8> bytes{};
  OPW_TRYV(read_quantity(value, bytes));
  return load_be<std::uint64_t>(bytes.data());
}

}  // namespace opwire::opstack::l1
