#include "opwire/multiformats/multibase.hpp"

#include <algorithm>

#include "opwire/multiformats/errors.hpp"

namespace opwire::multiformats {

using errors::kBadMultibase;

namespace {

constexpr std::size_t kMaxQuadratic = 256;

/// The characters of a base, and back from character to digit.
class Alphabet {
 public:
  constexpr explicit Alphabet(std::string_view digits) : digits_(digits) {
    values_.fill(kNone);
    for (std::size_t i = 0; i < digits.size(); ++i) values_[static_cast<std::uint8_t>(digits[i])] = i;
  }
  constexpr unsigned base() const { return digits_.size(); }
  char digit(unsigned value) const { return digits_[value]; }

  Result<std::uint8_t> value(char digit) const {
    const std::uint8_t value = values_[static_cast<std::uint8_t>(digit)];
    if (value == kNone) return Error(kBadMultibase, "character outside the alphabet");
    return value;
  }

 private:
  static constexpr std::uint8_t kNone = 0xff;
  std::string_view digits_;
  ByteArray<256> values_{};
};

constexpr Alphabet kBase16("0123456789abcdef");
constexpr Alphabet kBase32("abcdefghijklmnopqrstuvwxyz234567");
constexpr Alphabet kBase36("0123456789abcdefghijklmnopqrstuvwxyz");
constexpr Alphabet kBase58("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
constexpr Alphabet kBase64url("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

// One number, most significant digit first, from one base to another. Each leading zero stays one leading zero.
Bytes change_base(ByteView digits, unsigned from, unsigned to) {
  const auto first = std::find_if(digits.begin(), digits.end(), [](std::uint8_t digit) { return digit != 0; });
  Bytes out;  // least significant digit first
  out.reserve(digits.size() * std::bit_width(from - 1) / (std::bit_width(to) - 1) + 1);
  for (auto digit = first; digit != digits.end(); ++digit) {
    unsigned carry = *digit;
    for (std::uint8_t& place : out) {
      carry += place * from;
      place = static_cast<std::uint8_t>(carry % to);
      carry /= to;
    }
    for (; carry > 0; carry /= to) out.push_back(static_cast<std::uint8_t>(carry % to));
  }
  out.insert(out.end(), first - digits.begin(), 0);
  std::reverse(out.begin(), out.end());
  return out;
}

Result<Bytes> from_positional(std::string_view text, const Alphabet& alphabet) {
  if (text.size() > kMaxQuadratic) return Error(kBadMultibase, "text is too long");
  Bytes digits;
  digits.reserve(text.size());
  for (const char c : text) {
    OPW_TRY(digits.emplace_back(), alphabet.value(c));
  }
  return change_base(digits, alphabet.base(), 256);
}

// The bases of a power of two take their digits from the stream of bits.
std::string to_bits_base(ByteView bytes, const Alphabet& alphabet) {
  const unsigned width = std::countr_zero(alphabet.base());
  const unsigned mask = alphabet.base() - 1;
  std::string text;
  text.reserve((bytes.size() * 8 + width - 1) / width);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= width; count -= width) text.push_back(alphabet.digit(bits >> (count - width) & mask));
  }
  if (count > 0) text.push_back(alphabet.digit(bits << (width - count) & mask));
  return text;
}

Result<Bytes> from_bits_base(std::string_view text, const Alphabet& alphabet) {
  const unsigned width = std::countr_zero(alphabet.base());
  Bytes bytes;
  bytes.reserve(text.size() * width / 8);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    OPW_TRY(const std::uint8_t value, alphabet.value(c));
    bits = bits << width | value;
    count += width;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  if (count >= width) return Error(kBadMultibase, "text ends within a byte");
  if ((bits & ((1U << count) - 1)) != 0) return Error(kBadMultibase, "bits after the last byte");
  return bytes;
}

}  // namespace

std::string to_base58(ByteView bytes) {
  const Bytes digits = change_base(bytes, 256, kBase58.base());
  std::string text(digits.size(), '\0');
  std::transform(digits.begin(), digits.end(), text.begin(), [](std::uint8_t digit) { return kBase58.digit(digit); });
  return text;
}
Result<Bytes> from_base58(std::string_view text) {
  return from_positional(text, kBase58);
}

std::string to_base32(ByteView bytes) {
  return to_bits_base(bytes, kBase32);
}
Result<Bytes> from_base32(std::string_view text) {
  return from_bits_base(text, kBase32);
}

std::string to_base64url(ByteView bytes) {
  return to_bits_base(bytes, kBase64url);
}
Result<Bytes> from_base64url(std::string_view text) {
  return from_bits_base(text, kBase64url);
}

Result<Bytes> from_multibase(std::string_view text) {
  if (text.empty()) return Error(kBadMultibase, "empty text");
  const std::string_view rest = text.substr(1);
  switch (text.front()) {
    case 'z':
      return from_base58(rest);
    case 'k':
      return from_positional(rest, kBase36);
    case 'b':
      return from_base32(rest);
    case 'u':
      return from_base64url(rest);
    case 'f':
      return from_bits_base(rest, kBase16);
    default:
      return Error(kBadMultibase, "unknown base");
  }
}

}  // namespace opwire::multiformats
