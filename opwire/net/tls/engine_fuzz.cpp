// Any bytes as what a client, or a server, hears: errors are final, and no memory grows with the input.
#include "opwire/net/tls/engine.hpp"
#include "opwire/net/tls/tls_for_test.hpp"

namespace {

using namespace opwire;
using namespace opwire::tls;

Context& context_of(Side side) {
  static const TestFiles files;
  static const auto client = *Context::make(files.options(Side::kClient));
  static const auto server = *Context::make(files.options(Side::kServer));
  return side == Side::kClient ? *client : *server;
}

void hear(Side side, ByteView bytes) {
  Engine engine(context_of(side), "signer.test", from_unix_seconds(1'700'000'000));
  while (true) {
    const Result<bool> done = engine.shake_hands();
    const Buffer output = engine.take_output();
    OPW_CHECK(output.size() < 64 * 1024);
    if (!done) OPW_CHECK(!engine.shake_hands());
    if (!done || bytes.empty()) return;
    OPW_CHECK(!*done);  // nobody guesses the keys
    const std::size_t used = engine.feed(bytes);
    OPW_CHECK(used > 0 && used <= kMaxInput);
    bytes = bytes.subspan(used);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hear(Side::kServer, {data, size});
  hear(Side::kClient, {data, size});
  return 0;
}
