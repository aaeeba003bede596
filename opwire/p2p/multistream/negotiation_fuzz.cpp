// Any bytes to either side. What must hold: never more than wanted is read, answers stay small, refusals end.
#include "opwire/base/check.hpp"
#include "opwire/p2p/multistream/negotiation.hpp"

namespace opwire::multistream {
namespace {

template <class Side>
void play(Side side, ByteView bytes) {
  TokenReader reader;
  std::size_t sent = side.start().size();
  const std::size_t budget = 4 * bytes.size() + 4 * kMaxToken;
  while (bytes.size() >= reader.wanted()) {
    const std::size_t size = reader.wanted();
    OPW_CHECK(size >= 1 && size <= kMaxToken);
    const auto token = reader.feed(bytes.first(size));
    bytes = bytes.subspan(size);
    if (!token) return;
    if (!*token) continue;
    const auto step = side.on_token(**token);
    if (!step || step->selected) return;
    sent += step->send.size();
    OPW_CHECK(sent <= budget);
  }
}

}  // namespace
}  // namespace opwire::multistream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire::multistream;
  const opwire::ByteView bytes(data, size);
  play(Proposer({"/noise", "/tls/1.0.0"}), bytes);
  play(Responder([](std::string_view asked) { return asked == "/yamux/1.0.0"; }), bytes);
  return 0;
}
