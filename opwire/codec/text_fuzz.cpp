// Any text as hexadecimal, as a number and as base64: what is read comes back when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = as_text({bytes, size});
  if (const auto read = codec::from_hex(text)) {
    OPW_CHECK(codec::from_hex(codec::to_hex0x(*read)).value() == *read);
  }
  if (const auto read = codec::from_quantity(text)) {
    OPW_CHECK(codec::from_quantity(codec::to_quantity(*read)).value() == *read);
  }
  if (const auto read = codec::from_base64(text)) {
    const std::string written = codec::to_base64(*read);
    OPW_CHECK(written.size() == text.size() && codec::from_base64(written).value() == *read);
  }
  return 0;
}
