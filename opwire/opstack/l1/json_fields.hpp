// Values of Ethereum's JSON: bytes and numbers as 0x-hex. Private to this library.
#pragma once

#include <boost/json/value.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/l1/errors.hpp"

namespace opwire::opstack::l1 {

/// Null where there is none, or null.
const boost::json::value* find_field(const boost::json::value& object, std::string_view key);
/// The digits behind 0x. Errors of all: kL1Answer.
Result<std::string_view> hex_digits(const boost::json::value* value);
Result<Bytes> read_bytes(const boost::json::value* value, std::size_t most);
/// Without leading zeros; fills big_endian from its end.
Result<void> read_quantity(const boost::json::value* value, MutableByteView big_endian);
Result<std::uint64_t> read_uint64(const boost::json::value* value);

template <class Fixed>
Result<Fixed> read_fixed(const boost::json::value* value) {
  OPW_TRY(const std::string_view digits, hex_digits(value));
  const auto fixed = codec::from_hex_as<Fixed>(digits);
  if (!fixed) return errors::kL1Answer;
  return *fixed;
}

}  // namespace opwire::opstack::l1
