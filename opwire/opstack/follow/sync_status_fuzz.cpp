// Any text as a sync status: what is taken has hashes of 32 bytes where the text has them.
#include "opwire/base/check.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/follow/sync_status.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const std::string_view text = as_text({data, size});
  const auto status = opstack::parse_sync_status(text);
  if (!status) return 0;
  OPW_CHECK(opstack::parse_sync_status(text).value() == *status);
  OPW_CHECK(text.find("safe_l2") != text.npos || text.find('\\') != text.npos);
  return 0;
}
