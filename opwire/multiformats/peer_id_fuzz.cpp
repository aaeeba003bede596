// Any bytes as a peer id, in binary and in text.
#include "opwire/base/check.hpp"
#include "opwire/multiformats/peer_id.hpp"

using namespace opwire;

namespace {

void check(const PeerId& id) {
  OPW_CHECK(PeerId::parse(id.bytes()).value() == id);
  OPW_CHECK(PeerId::parse_text(id.to_string()).value() == id);
  if (const auto key = id.public_key()) OPW_CHECK(PeerId::of(*key) == id);
  (void)std::hash<PeerId>{}(id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  if (const auto id = PeerId::parse(input)) {
    OPW_CHECK(equal(id->bytes(), input));
    check(*id);
  }
  if (const auto id = PeerId::parse_text(as_text(input))) check(*id);
  return 0;
}
