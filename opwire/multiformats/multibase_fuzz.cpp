// Any text in every base: what decodes, encodes to the same text again.
#include "opwire/base/check.hpp"
#include "opwire/multiformats/multibase.hpp"

using namespace opwire;
using namespace opwire::multiformats;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  const std::string_view text = as_text(input);
  (void)from_multibase(text);
  if (const auto bytes = from_base58(text)) OPW_CHECK(to_base58(*bytes) == text);
  if (const auto bytes = from_base32(text)) OPW_CHECK(to_base32(*bytes) == text);
  if (const auto bytes = from_base64url(text)) OPW_CHECK(to_base64url(*bytes) == text);
  OPW_CHECK(equal(from_base32(to_base32(input)).value(), input));
  OPW_CHECK(equal(from_base64url(to_base64url(input)).value(), input));
  if (size <= 128) OPW_CHECK(equal(from_base58(to_base58(input)).value(), input));
  return 0;
}
