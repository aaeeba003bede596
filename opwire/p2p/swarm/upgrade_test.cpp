// Peers that stall, flood or talk nonsense while a connection is being made.
#include "opwire/p2p/multistream/errors.hpp"
#include "opwire/p2p/multistream/select.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"
#include "opwire/p2p/yamux/errors.hpp"

namespace opwire::swarm {
namespace {

class UpgradeTest : public SimulatedNet {
 protected:
  // Sockets that a test opens by hand.
  std::unique_ptr<Stream> open_raw(const Multiaddr& at) {
    transport::MemoryTransport transport(hub);
    Result<RawConnection> raw = loop.run(transport.dial(at, loop.now()));
    EXPECT_TRUE(raw);
    return std::move(raw->stream);
  }
  // True when the other side has dropped it.
  bool is_dropped(Stream& raw) {
    const Result<Bytes> rest = loop.run(read_to_end(raw, 4096), seconds(1));
    return !rest || rest->empty();
  }
  static Task<void> keep_connect(Swarm& swarm, PeerId peer, std::optional<Result<void>>& outcome) {
    outcome = co_await swarm.connect(peer, {});
  }
  HostSetup patient(bool early_muxer) {
    HostSetup setup;
    setup.early_muxer = early_muxer;
    setup.options.upgrade_timeout = setup.options.dial_timeout = std::chrono::hours(1);
    return setup;
  }
};

// H1, N7, M6: whichever byte the other side stops at.
TEST_F(UpgradeTest, AStallingDialerIsDroppedAtEveryStage) {
  for (const bool early_muxer : {true, false}) {
    auto& b = host(early_muxer ? 2 : 3);
    std::size_t bytes = 0;
    for (;; bytes += 9) {
      auto& a = host(1000 + 1000 * early_muxer + bytes, patient(early_muxer));
      a.transport->valve->budget = bytes;
      a.swarm->peerstore().add_addresses(b.id, {b.at}, kPermanentTtl);
      Scope scope(loop);
      std::optional<Result<void>> outcome;
      scope.spawn(keep_connect(*a.swarm, b.id, outcome));
      loop.run_for(seconds(15) - milliseconds(1));
      if (outcome) break;  // those bytes were enough
      EXPECT_TRUE(b.recorder.events.empty()) << bytes;
      loop.run_for(seconds(2));
      EXPECT_TRUE(outcome && !*outcome) << bytes;
    }
    EXPECT_GT(bytes, 200u);
  }
}

TEST_F(UpgradeTest, AStallingListenerIsGivenUpAtEveryStage) {
  for (const bool early_muxer : {true, false}) {
    std::size_t bytes = 0;
    for (;; bytes += 9) {
      HostSetup setup = patient(early_muxer);
      setup.options.dial_timeout = seconds(10);
      auto& a = host(1000 + 1000 * early_muxer + bytes, setup);
      auto& b = host(5000 + 1000 * early_muxer + bytes, patient(early_muxer));
      b.transport->valve->budget = bytes;
      const TimePoint start = loop.now();
      const Result<void> outcome = connect(a, b);
      if (outcome) break;  // those bytes were enough
      EXPECT_TRUE(outcome.error().is(opwire::errors::kTimeout)) << bytes;
      EXPECT_EQ(loop.now() - start, seconds(10)) << bytes;
      EXPECT_TRUE(a.recorder.events.empty()) << bytes;
    }
    EXPECT_GT(bytes, 200u);
  }
}

// A token that is too long, another protocol than was offered, noise that is none, and so on.
TEST_F(UpgradeTest, NonsenseIsDroppedAtOnce) {
  auto& a = host(1);
  const std::string header = "\x13/multistream/1.0.0\n";
  const std::string noise = "\x07/noise\n";
  for (const std::string& text : {
           std::string("\x12/multistream/2.0.0\n"),
           std::string("GET / HTTP/1.1\r\n").append(100, 'x'),
           header + std::string("\xff\xff\xff\xff\x0f"),
           header + std::string("\x02xx"),
           header + noise + std::string(2 + 32, '\0').replace(1, 1, 1, 32),
           header + noise + std::string("\x00\x01x", 3),
       }) {
    const auto raw = open_raw(a.at);
    (void)loop.run(write(*raw, as_bytes(text)));
    EXPECT_TRUE(is_dropped(*raw)) << text;
  }
  EXPECT_TRUE(a.recorder.events.empty());
  auto& b = host(2);
  EXPECT_TRUE(connect(b, a));
}

TEST_F(UpgradeTest, WhoBreaksTheMuxersRulesLosesThatConnectionOnly) {
  Complaints complaints;
  HostSetup setup;
  setup.events = &complaints;
  auto& a = host(1, setup);
  auto& b = host(2);
  ASSERT_TRUE(connect(b, a));
  SeededRng rng(3);
  noise::Noise security(key_of(3), {"/yamux/1.0.0"}, rng);
  auto stream = open_raw(a.at);
  ASSERT_TRUE(loop.run(multistream::select_protocol(*stream, {"/noise"})));
  Result<SecuredConnection> secured = loop.run(security.secure(std::move(stream), Role::kDialer, a.id));
  ASSERT_TRUE(secured);
  settle();
  EXPECT_TRUE(a.swarm->is_connected(peer_of(3)));
  ASSERT_TRUE(loop.run(write(*secured->stream, Bytes(12, 1))));  // version 1
  loop.run_for(seconds(2));
  EXPECT_FALSE(a.swarm->is_connected(peer_of(3)));
  ASSERT_EQ(complaints.errors.size(), 1u);
  EXPECT_TRUE(complaints.errors[0].is(yamux::errors::kBadVersion));
  EXPECT_EQ(*loop.run(ask_peer(*b.swarm, a.id, "/echo", "hello")), "hello");
  b.swarm->disconnect(a.id);
  loop.run_for(seconds(3));
  EXPECT_FALSE(a.swarm->is_connected(b.id));
  EXPECT_EQ(complaints.errors.size(), 1u) << "a goodbye is no misbehaviour";
}

TEST_F(UpgradeTest, NoSecurityInCommon) {
  auto& a = host(1);
  const auto raw = open_raw(a.at);
  std::vector<std::string> protocols{"/tls/1.0.0", "/plaintext/2.0.0"};
  const auto agreed = loop.run(multistream::select_protocol(*raw, std::move(protocols)));
  EXPECT_TRUE(!agreed && agreed.error().is(multistream::errors::kNotSupported));
}

// H2: sockets that send nothing do not keep others out for long, and no more than the limit are looked after at once.
TEST_F(UpgradeTest, AFloodOfSilentSockets) {
  auto& a = host(1);
  std::vector<std::unique_ptr<Stream>> flood;
  for (int i = 0; i < 200; ++i) flood.push_back(open_raw(a.at));
  auto& b = host(2);
  const TimePoint start = loop.now();
  std::optional<Result<void>> outcome;
  b.swarm->peerstore().add_addresses(a.id, {a.at}, kPermanentTtl);
  Scope scope(loop);
  while (!outcome || !*outcome) {
    outcome.reset();
    scope.spawn(keep_connect(*b.swarm, a.id, outcome));
    loop.run(scope.join());
    ASSERT_LT(loop.now() - start, seconds(60));
    if (!*outcome) loop.run_for(seconds(6));
  }
  loop.run_for(seconds(60));
  std::size_t dropped = 0;
  for (const auto& raw : flood) dropped += is_dropped(*raw);
  EXPECT_EQ(dropped, flood.size());
}

TEST_F(UpgradeTest, OnlySoManyUpgradesAtOnce) {
  HostSetup few;
  few.options.max_pending_inbound = 16;
  auto& a = host(1, few);
  std::vector<std::unique_ptr<Stream>> flood;
  for (int i = 0; i < 40; ++i) flood.push_back(open_raw(a.at));
  loop.run_for(seconds(1));
  // Only a connection that is being upgraded has been greeted.
  std::size_t greeted = 0;
  Scope scope(loop);
  for (const auto& raw : flood) {
    scope.spawn([](Stream& stream, std::size_t& count) -> Task<void> {
      ByteArray<1> byte;
      const Result<std::size_t> got = co_await stream.read_some(byte);
      if (got && *got == 1) ++count;
    }(*raw, greeted));
  }
  settle();
  EXPECT_EQ(greeted, 16u);
  scope.cancel();
  loop.run(scope.join());
}

}  // namespace
}  // namespace opwire::swarm
