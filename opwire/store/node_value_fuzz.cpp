// Any bytes as a stored node: what is taken encodes to the same bytes.
#include "opwire/base/check.hpp"
#include "opwire/store/node_value.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const ByteView value(bytes, size);
  const auto node = store::parse_node(value);
  if (!node) return 0;
  OPW_CHECK(size <= store::kMaxNodeValue);
  OPW_CHECK(equal(store::encode_node(*node), value));
  return 0;
}
