#include "opwire/codec/quantity.hpp"

#include <charconv>

#include "opwire/codec/errors.hpp"
#include "opwire/codec/hex.hpp"

namespace opwire::codec {

std::string to_quantity(std::uint64_t number) {
  std::string text(18, '\0');
  text[0] = '0';
  text[1] = 'x';
  const auto end = std::to_chars(text.data() + 2, text.data() + text.size(), number, 16);
  text.resize(static_cast<std::size_t>(end.ptr - text.data()));
  return text;
}

Result<void> from_quantity(std::string_view text, MutableByteView big_endian) {
  if (!text.starts_with("0x")) return errors::kBadHex;
  const std::string_view digits = text.substr(2);
  const std::size_t most = 2 * big_endian.size();
  if (digits.empty() || digits.size() > most || (digits[0] == '0' && digits.size() > 1)) return errors::kBadHex;
  return from_hex(std::string(most - digits.size(), '0').append(digits), big_endian);
}

Result<std::uint64_t> from_quantity(std::string_view text) {
  ByteArray<8> bytes{};
  OPW_TRYV(from_quantity(text, bytes));
  return load_be<std::uint64_t>(bytes.data());
}

}  // namespace opwire::codec
