#include "opwire/net/http/utf8.hpp"

#include <cstring>

namespace opwire::http {
namespace {

// How many bytes at the front are ASCII; most text is nothing else.
std::size_t leading_ascii(ByteView bytes) noexcept {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::size_t size = 0;
  while (size + 8 <= bytes.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + size, sizeof(word));
    if ((word & kHigh) != 0) break;
    size += 8;
  }
  while (size < bytes.size() && bytes[size] < 0x80) ++size;
  return size;
}

}  // namespace

bool Utf8Check::begin(std::uint8_t byte) noexcept {
  low_ = 0x80;
  high_ = 0xbf;
  if (byte >= 0xc2 && byte <= 0xdf) {
    left_ = 1;
  } else if (byte >= 0xe0 && byte <= 0xef) {
    left_ = 2;
    if (byte == 0xe0) low_ = 0xa0;   // shorter forms exist
    if (byte == 0xed) high_ = 0x9f;  // surrogates
  } else if (byte >= 0xf0 && byte <= 0xf4) {
    left_ = 3;
    if (byte == 0xf0) low_ = 0x90;
    if (byte == 0xf4) high_ = 0x8f;  // beyond U+10FFFF
  } else {
    return false;
  }
  return true;
}

bool Utf8Check::feed(ByteView bytes) noexcept {
  while (!bytes.empty()) {
    if (left_ == 0) bytes = bytes.subspan(leading_ascii(bytes));
    if (bytes.empty()) break;
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    if (left_ == 0) {
      if (!begin(byte)) return false;
      continue;
    }
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xbf;
    --left_;
  }
  return true;
}

}  // namespace opwire::http
