// Hexadecimal text.
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::codec {

std::string to_hex(ByteView bytes);
/// With the 0x in front that Ethereum's JSON has.
std::string to_hex0x(ByteView bytes);
/// Appends the digits alone.
void append_hex(std::string& text, ByteView bytes);
/// Either case, with or without 0x. Errors: kBadHex.
Result<Bytes> from_hex(std::string_view text);
/// Exactly out.size() bytes. Errors: kBadHex.
Result<void> from_hex(std::string_view text, MutableByteView out);
/// A fixed-length value: from_hex<Hash256>("0x..."). Errors: kBadHex.
template <class Fixed>
Result<Fixed> from_hex_as(std::string_view text) {
  Fixed value;
  OPW_TRYV(from_hex(text, MutableByteView(value.bytes)));
  return value;
}

/// EIP-55 mixed-case checksum form, as Ethereum tools show addresses.
std::string to_checksum_hex(const Address& address);

}  // namespace opwire::codec
