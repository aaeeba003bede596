// A swarm's end: always within its deadline, with nothing left behind, whatever others do.
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/raw_peer_for_test.hpp"

namespace opwire::swarm {
namespace {

class CloseTest : public SimulatedNet {
 protected:
  Duration close(SimulatedHost& host) {
    const TimePoint start = loop.now();
    loop.run(host.swarm->close());
    EXPECT_TRUE(host.swarm->connections().empty());
    return loop.now() - start;
  }
  static Task<void> keep_connect(Swarm& swarm, PeerId peer, std::vector<Multiaddr> addresses,
                                 std::optional<Result<void>>& outcome) {
    outcome = co_await swarm.connect(peer, std::move(addresses));
  }
  static Task<void> keep_ask(Swarm& swarm, PeerId peer, std::optional<Result<std::string>>& outcome) {
    outcome = co_await ask_peer(swarm, peer, "/echo", "hello");
  }
};

TEST_F(CloseTest, PeersAreTold) {
  auto& a = host(1);
  auto& b = host(2);
  auto& c = host(3);
  ASSERT_TRUE(connect(a, b));
  ASSERT_TRUE(connect(c, a));
  settle();
  EXPECT_LT(close(a), milliseconds(10));
  settle();
  EXPECT_EQ(b.recorder.events.back(), "peer disconnected");
  EXPECT_EQ(c.recorder.events.back(), "peer disconnected");
  EXPECT_EQ(a.recorder.events.back(), "peer disconnected");
}

TEST_F(CloseTest, StuckPeersDoNotHoldItUp) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  std::vector<std::string> protocols{"/echo"};
  PeerStream stream = std::move(loop.run(a.swarm->new_stream(b.id, std::move(protocols)))).value();
  settle();
  a.transport->valve->freeze();
  EXPECT_LE(close(a), seconds(2));
  EXPECT_FALSE(loop.run(write(*stream, as_bytes("late"))));
}

TEST_F(CloseTest, WhoWaitsIsTold) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  settle();
  b.transport->valve->freeze();
  const Multiaddr silent = address("/memory/1000");
  a.transport->silent.insert(silent);
  Scope scope(loop);
  std::optional<Result<void>> dial;
  std::optional<Result<std::string>> stream;
  scope.spawn(keep_connect(*a.swarm, peer_of(9), {silent}, dial));
  scope.spawn(keep_ask(*a.swarm, b.id, stream));
  settle();
  EXPECT_FALSE(dial || stream);
  EXPECT_LE(close(a), seconds(2));
  settle();
  EXPECT_TRUE(dial && !*dial && dial->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(stream && !*stream);
  loop.run(scope.join());
}

TEST_F(CloseTest, HandlersAreCancelledAndWaitedFor) {
  auto& a = host(1);
  auto& b = host(2);
  bool cleaned_up = false;
  Event never(loop);
  a.swarm->set_stream_handler("/wait", [&](PeerStream stream) {
    return [](PeerStream held, Event& event, bool& done) -> Task<void> {
      (void)held;
      (void)co_await event.wait();
      co_await clear_cancellation();
      done = co_await sleep_for(event.loop(), milliseconds(500));
    }(std::move(stream), never, cleaned_up);
  });
  ASSERT_TRUE(connect(b, a));
  std::vector<std::string> protocols{"/wait"};
  const auto stream = loop.run(b.swarm->new_stream(a.id, std::move(protocols)));
  ASSERT_TRUE(stream);
  settle();
  (void)close(a);
  EXPECT_TRUE(cleaned_up);
}

TEST_F(CloseTest, HalfMadeConnectionsAreDropped) {
  auto& a = host(1);
  auto& b = host(2);
  b.transport->valve->budget = 60;
  Scope scope(loop);
  std::optional<Result<void>> dial;
  scope.spawn(keep_connect(*b.swarm, a.id, {a.at}, dial));
  settle();
  EXPECT_FALSE(dial);
  EXPECT_EQ(close(a), Duration::zero());
  EXPECT_EQ(close(b), Duration::zero());
  loop.run(scope.join());
}

TEST_F(CloseTest, NothingWorksAfterwards) {
  auto& a = host(1);
  auto& b = host(2);
  (void)close(a);
  (void)close(a);
  const Result<void> dial = connect(a, b);
  EXPECT_TRUE(!dial && dial.error().is(opwire::errors::kClosed));
  EXPECT_TRUE(a.swarm->listen({address("/memory/50")}).error().is(opwire::errors::kClosed));
  std::optional<Result<std::string>> stream;
  loop.run(keep_ask(*a.swarm, b.id, stream));
  EXPECT_TRUE(!*stream && stream->error().is(opwire::errors::kClosed));
  EXPECT_FALSE(connect(b, a)) << "nobody listens";
}

TEST_F(CloseTest, AtAnyMomentOfAConnectionsLife) {
  for (int turn = 0; turn < 300; turn += 2) {
    auto& a = host(1000 + turn);
    auto& b = host(2000 + turn);
    Scope scope(loop);
    std::optional<Result<std::string>> answer;
    a.swarm->peerstore().add_addresses(b.id, {b.at}, kTemporaryTtl);
    scope.spawn(keep_ask(*a.swarm, b.id, answer));
    // So many jobs of the loop later.
    loop.run([](Loop& on, int jobs) -> Task<void> {
      Event event(on);
      for (int i = 0; i < jobs; ++i) {
        on.post([&event] { event.notify_all(); });
        (void)co_await event.wait();
      }
    }(loop, turn));
    (void)close(turn % 4 == 0 ? a : b);
    loop.run(scope.join());
    ASSERT_TRUE(answer);
  }
}

}  // namespace
}  // namespace opwire::swarm
