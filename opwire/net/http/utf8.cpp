#include "opwire/net/http/utf8.hpp"

namespace opwire::http {

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
  for (const std::uint8_t byte : bytes) {
    if (left_ == 0) {
      if (byte >= 0x80 && !begin(byte)) return false;
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
