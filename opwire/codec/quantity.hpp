// Numbers as Ethereum's JSON has them: 0x and hexadecimal digits without leading zeros, but one for zero.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec {

/// "0x1f"
std::string to_quantity(std::uint64_t number);
/// Fills big_endian from its end. Errors: kBadHex: no 0x, no digits, a leading zero, too large.
Result<void> from_quantity(std::string_view text, MutableByteView big_endian);
Result<std::uint64_t> from_quantity(std::string_view text);

}  // namespace opwire::codec
