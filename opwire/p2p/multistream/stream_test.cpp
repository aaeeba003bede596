// A stream whose negotiation is not finished does what every Stream must.
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/stream_conformance.hpp"
#include "opwire/p2p/multistream/select.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

struct LazyWorld {
  static constexpr std::size_t kBuffered = 1 << 20;
  LazyWorld() {
    auto [one, other] = net::make_stream_pair(simulated);
    a = run(multistream::select_lazily(std::move(one), "/a")).value();
    b = std::move(other);
    std::function<bool(std::string_view)> any = [](std::string_view) { return true; };
    static_cast<void>(run(multistream::accept_protocol(*b, std::move(any))).value());
  }
  Loop& loop() { return simulated; }
  template <class T>
  T run(Task<T> task) {
    return simulated.run(std::move(task), std::chrono::seconds(10));
  }

  SimulatedLoop simulated;
  std::unique_ptr<Stream> a, b;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Lazy, StreamConformance, LazyWorld);

}  // namespace
}  // namespace opwire
