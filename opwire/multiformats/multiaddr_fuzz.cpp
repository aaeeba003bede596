// Any bytes as a multiaddr, in binary and in text: every address that is accepted is the same in both forms.
#include "opwire/base/check.hpp"
#include "opwire/multiformats/multiaddr.hpp"

using namespace opwire;

namespace {

void check(const Multiaddr& address) {
  OPW_CHECK(address.bytes().size() <= Multiaddr::kMaxSize);
  OPW_CHECK(Multiaddr::parse(address.bytes()).value() == address);
  OPW_CHECK(Multiaddr::parse_text(address.to_string()).value() == address);

  Multiaddr rebuilt;
  for (const auto& component : address.components()) rebuilt = rebuilt.with(component.protocol, component.value);
  OPW_CHECK(rebuilt == address);

  if (const auto id = address.peer_id()) OPW_CHECK(address.with_peer(*id) == address);
  if (address.is_loopback()) OPW_CHECK(address.is_private());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  if (const auto address = Multiaddr::parse(input)) {
    OPW_CHECK(equal(address->bytes(), input));
    check(*address);
  }
  if (const auto address = Multiaddr::parse_text(as_text(input))) check(*address);
  return 0;
}
