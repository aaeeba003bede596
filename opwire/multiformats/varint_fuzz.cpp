// Any bytes as a varint: what is accepted is the one encoding of its value.
#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/multiformats/varint.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  const auto parsed = multiformats::parse_varint(input);
  if (!parsed) return 0;
  Bytes encoded;
  multiformats::append_varint(encoded, parsed->value);
  OPW_CHECK(equal(encoded, input.first(parsed->size)));
  OPW_CHECK(multiformats::varint_size(parsed->value) == parsed->size);
  return 0;
}
