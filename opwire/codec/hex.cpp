#include "opwire/codec/hex.hpp"

#include "opwire/codec/errors.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::codec {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr auto kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 16; ++i) values[static_cast<unsigned char>(kDigits[i])] = i;
  for (std::uint8_t i = 10; i < 16; ++i) values[static_cast<unsigned char>('A' + i - 10)] = i;
  return values;
}();

std::string_view without_0x(std::string_view text) {
  return text.starts_with("0x") || text.starts_with("0X") ? text.substr(2) : text;
}

// Without a table, so that the compiler turns many at once.
constexpr char digit_of(std::uint8_t nibble) {
  return static_cast<char>(nibble < 10 ? '0' + nibble : 'a' - 10 + nibble);
}

// One look at the end instead of a branch a digit: only kNoDigit has high bits.
bool decode(std::string_view digits, std::uint8_t* out) {
  std::uint8_t seen = 0;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::uint8_t high = kValues[static_cast<unsigned char>(digits[i])];
    const std::uint8_t low = kValues[static_cast<unsigned char>(digits[i + 1])];
    seen |= high | low;
    out[i / 2] = static_cast<std::uint8_t>((high << 4) | low);
  }
  return (seen & 0xf0) == 0;
}

}  // namespace

void append_hex(std::string& text, ByteView bytes) {
  const std::size_t before = text.size();
  text.resize(before + 2 * bytes.size());
  char* const to = text.data() + before;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    to[2 * i] = digit_of(bytes[i] >> 4);
    to[2 * i + 1] = digit_of(bytes[i] & 15);
  }
}

std::string to_hex(ByteView bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

std::string to_hex0x(ByteView bytes) {
  std::string text;
  text.reserve(2 + 2 * bytes.size());
  text = "0x";
  append_hex(text, bytes);
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  const std::string_view digits = without_0x(text);
  if (digits.size() % 2 != 0) return errors::kBadHex;
  Bytes out(digits.size() / 2);
  if (!decode(digits, out.data())) return errors::kBadHex;
  return out;
}

Result<void> from_hex(std::string_view text, MutableByteView out) {
  const std::string_view digits = without_0x(text);
  if (digits.size() != 2 * out.size() || !decode(digits, out.data())) return errors::kBadHex;
  return {};
}

std::string to_checksum_hex(const Address& address) {
  std::string text = to_hex0x(address.view());
  const Hash256 hash = crypto::keccak256(as_bytes(std::string_view(text).substr(2)));
  for (std::size_t i = 0; i < 2 * Address::kSize; ++i) {
    const unsigned nibble = (hash.bytes[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15U;
    char& c = text[i + 2];
    if (nibble >= 8 && c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace opwire::codec
