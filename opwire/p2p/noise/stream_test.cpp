// A secured stream does what every Stream must.
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/stream_conformance.hpp"
#include "opwire/p2p/noise/secured_stream.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

using noise::CipherState;

struct NoiseWorld {
  static constexpr std::size_t kBuffered = 1 << 20;
  NoiseWorld() {
    auto [one, other] = net::make_stream_pair(simulated);
    a = secured(std::move(one), 1, 2);
    b = secured(std::move(other), 2, 1);
  }
  std::unique_ptr<Stream> secured(std::unique_ptr<Stream> raw, std::uint8_t send, std::uint8_t receive) {
    return std::make_unique<noise::SecuredStream>(std::move(raw), CipherState(crypto::AeadKey{send}),
                                                  CipherState(crypto::AeadKey{receive}), pool);
  }
  Loop& loop() { return simulated; }
  template <class T>
  T run(Task<T> task) {
    return simulated.run(std::move(task), std::chrono::seconds(10));
  }

  SimulatedLoop simulated;
  std::shared_ptr<noise::BlockPool> pool = std::make_shared<noise::BlockPool>(256 * 1024, 4);
  std::unique_ptr<Stream> a, b;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Noise, StreamConformance, NoiseWorld);

}  // namespace
}  // namespace opwire
