#include "opwire/sim/simulated_stream.hpp"

#include "opwire/net/stream_conformance.hpp"
#include "opwire/sim/internet_for_test.hpp"

namespace opwire {
namespace {

using sim::Bandwidth;
using sim::Connected;
using sim::LinkOptions;
using sim::SmallInternet;
using std::chrono::milliseconds;

template <class Setup>
struct World {
  static constexpr std::size_t kBuffered = 2 * sim::kWindow;
  World() : net(Setup::links(), Setup::bandwidth()) {
    Connected connected = net.connect();
    a = std::move(connected.dialler);
    b = std::move(connected.listener);
  }
  Loop& loop() { return net.loop; }
  template <class T>
  T run(Task<T> task) {
    return net.loop.run(std::move(task), std::chrono::seconds(10));
  }
  SmallInternet net;
  std::unique_ptr<Stream> a, b;
};

struct AtOnce {
  static LinkOptions links() { return {}; }
  static Bandwidth bandwidth() { return {}; }
};
struct Far : AtOnce {
  static LinkOptions links() { return {milliseconds(5), milliseconds(9), milliseconds(3)}; }
};
struct Slow : Far {
  static Bandwidth bandwidth() { return {10'000'000, 5'000'000}; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(AtOnce, StreamConformance, World<AtOnce>);
INSTANTIATE_TYPED_TEST_SUITE_P(Far, StreamConformance, World<Far>);
INSTANTIATE_TYPED_TEST_SUITE_P(Slow, StreamConformance, World<Slow>);

}  // namespace
}  // namespace opwire
