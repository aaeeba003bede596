// Streams of a session do what every Stream must.
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/stream_conformance.hpp"
#include "opwire/p2p/yamux/accepted_for_test.hpp"
#include "opwire/p2p/yamux/session.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

Task<void> run_session(yamux::Session& session, yamux::test::Accepted& accepted) {
  static_cast<void>(co_await session.run(accepted.sink()));
}

struct YamuxWorld {
  static constexpr std::size_t kBuffered = 1 << 20;
  YamuxWorld() {
    auto [one, other] = net::make_stream_pair(simulated);
    dialer.emplace(simulated, std::move(one), Role::kDialer, yamux::Options());
    listener.emplace(simulated, std::move(other), Role::kListener, yamux::Options());
    sessions.spawn(run_session(*dialer, accepted));
    sessions.spawn(run_session(*listener, accepted));
    a = run(dialer->open_stream()).value();
    b = accepted.next(simulated);
  }
  ~YamuxWorld() {
    a.reset();
    b.reset();
    dialer->close();
    listener->close();
    run(sessions.join());
  }
  Loop& loop() { return simulated; }
  template <class T>
  T run(Task<T> task) {
    return simulated.run(std::move(task), std::chrono::seconds(10));
  }

  SimulatedLoop simulated;
  Scope sessions{simulated};
  std::optional<yamux::Session> dialer, listener;
  yamux::test::Accepted accepted;
  std::unique_ptr<Stream> a, b;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Yamux, StreamConformance, YamuxWorld);

}  // namespace
}  // namespace opwire
