// Any bytes as the record of a peer: what is read is inside its limits, and the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/node/known_peer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::node;
  static const PeerId kPeer = PeerId::parse_text("16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA").value();
  const auto known = parse_known_peer(kPeer, {data, size});
  if (!known) return 0;
  OPW_CHECK(size <= kMaxKnownPeer);
  OPW_CHECK(known->addresses.size() <= kMaxKnownAddresses && known->protocols.size() <= kMaxKnownProtocols);
  OPW_CHECK(known->agent.size() <= kMaxKnownText);
  const Bytes again = encode(*known);
  OPW_CHECK(again.size() <= kMaxKnownPeer);
  OPW_CHECK(parse_known_peer(kPeer, again).value() == *known);
  return 0;
}
