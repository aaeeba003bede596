// Securing streams in memory, and what goes over them.
#include "opwire/p2p/noise/noise.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/noise/errors.hpp"
#include "opwire/p2p/noise/frames.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::noise {
namespace {

using std::chrono::seconds;
using Outcome = std::optional<Result<SecuredConnection>>;

Task<void> secure_and_note(Noise& noise, std::unique_ptr<Stream> raw, Role role, std::optional<PeerId> expected,
                           Outcome& outcome) {
  outcome.emplace(co_await noise.secure(std::move(raw), role, expected));
}
Task<void> write_and_note(Stream& stream, Bytes bytes, std::optional<Result<void>>& done) {
  done.emplace(co_await write(stream, bytes));
}

struct NoiseTest : testing::Test {
  NoiseTest() {
    auto [a, b] = net::make_stream_pair(loop);
    dialer_raw = a.get();
    listener_raw = b.get();
    pair = {std::move(a), std::move(b)};
  }
  ~NoiseTest() override {
    tasks.cancel();
    loop.run(tasks.join());
  }

  void start_listener() {
    tasks.spawn(secure_and_note(listener_noise, std::move(pair.second), Role::kListener, std::nullopt, listener));
  }
  void start_dialer(std::optional<PeerId> expected = std::nullopt) {
    tasks.spawn(secure_and_note(dialer_noise, std::move(pair.first), Role::kDialer, expected, dialer));
  }
  void secure() {
    start_listener();
    start_dialer();
    loop.run_for(seconds(1));
    ASSERT_TRUE(dialer && *dialer && listener && *listener);
  }
  Stream& out() { return *(*dialer)->stream; }
  Stream& in() { return *(*listener)->stream; }
  std::string read(Stream& stream) {
    const auto bytes = loop.run(stream.read(SIZE_MAX));
    return bytes ? std::string(as_text(*bytes)) : "<" + std::string(bytes.error().name()) + ">";
  }

  SimulatedLoop loop;
  SeededRng rng{1};
  crypto::PrivateKey dialer_key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
  crypto::PrivateKey listener_key = crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
  Noise dialer_noise{dialer_key, {"/yamux/1.0.0"}, rng};
  Noise listener_noise{listener_key, {"/yamux/1.0.0"}, rng};
  std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> pair;
  Stream* dialer_raw;
  Stream* listener_raw;
  Scope tasks{loop};
  Outcome dialer, listener;
};

TEST_F(NoiseTest, SecuresAndCarriesBothWays) {
  secure();
  EXPECT_EQ((*dialer)->remote, PeerId::of(listener_key.public_key()));
  EXPECT_EQ((*listener)->remote, PeerId::of(dialer_key.public_key()));
  EXPECT_EQ((*dialer)->early_muxer, "/yamux/1.0.0");
  EXPECT_EQ((*listener)->early_muxer, "/yamux/1.0.0");
  ASSERT_TRUE(loop.run(write(out(), as_bytes("there"))));
  ASSERT_TRUE(loop.run(write(in(), as_bytes("back"))));
  EXPECT_EQ(read(in()), "there");
  EXPECT_EQ(read(out()), "back");
}

TEST_F(NoiseTest, CarriesMuchInOrder) {
  secure();
  Bytes much(2'000'000);
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<std::uint8_t>(i * 3 + i / 65'537);
  std::optional<Result<void>> done;
  tasks.spawn(write_and_note(out(), much, done));
  Bytes got(much.size());
  ASSERT_TRUE(loop.run(read_exact(in(), got)));
  EXPECT_EQ(got, much);
  EXPECT_TRUE(done && *done);
}

TEST_F(NoiseTest, EndsInOrder) {
  secure();
  ASSERT_TRUE(loop.run(write(out(), as_bytes("last"))));
  ASSERT_TRUE(loop.run(out().close_write()));
  EXPECT_EQ(read(in()), "last");
  EXPECT_EQ(read(in()), "");
  ASSERT_TRUE(loop.run(write(in(), as_bytes("still"))));
  EXPECT_EQ(read(out()), "still");
}

TEST_F(NoiseTest, N3ABrokenFrameIsFinal) {
  secure();
  Bytes frame(2 + 20);
  frame[1] = 20;
  ASSERT_TRUE(loop.run(write(*dialer_raw, frame)));
  EXPECT_EQ(read(in()), "<crypto.decrypt_failed>");
  ASSERT_TRUE(loop.run(write(out(), as_bytes("good"))));
  EXPECT_EQ(read(in()), "<crypto.decrypt_failed>");
}

TEST_F(NoiseTest, N4AnEmptyFrame) {
  secure();
  ASSERT_TRUE(loop.run(write(*dialer_raw, Bytes(2))));
  EXPECT_EQ(read(in()), "<noise.frame_too_short>");
}

TEST_F(NoiseTest, TheEndInsideAFrame) {
  secure();
  ASSERT_TRUE(loop.run(write(*dialer_raw, Bytes{1, 0, 5})));
  ASSERT_TRUE(loop.run(dialer_raw->close_write()));
  EXPECT_EQ(read(in()), "<noise.truncated>");
}

TEST_F(NoiseTest, N7AStallAfterEachMessageIsEndedByReset) {
  start_listener();  // waits for message 1
  loop.run_for(seconds(60));
  EXPECT_FALSE(listener);
  listener_raw->reset();
  loop.run_for(seconds(1));
  ASSERT_TRUE(listener);
  EXPECT_TRUE(listener->error().is(opwire::errors::kClosed));
}

TEST_F(NoiseTest, N7AStallBeforeMessageTwoIsEndedByReset) {
  start_dialer();
  loop.run_for(seconds(60));
  EXPECT_FALSE(dialer);
  dialer_raw->reset();
  loop.run_for(seconds(1));
  ASSERT_TRUE(dialer);
  EXPECT_TRUE(dialer->error().is(opwire::errors::kClosed));
}

TEST_F(NoiseTest, TheEndDuringTheHandshake) {
  start_listener();
  ASSERT_TRUE(loop.run(write(*dialer_raw, Bytes{0, 32, 1, 2})));
  ASSERT_TRUE(loop.run(dialer_raw->close_write()));
  loop.run_for(seconds(1));
  EXPECT_TRUE(listener->error().is(opwire::errors::kEndOfStream));
}

TEST_F(NoiseTest, N8DataInTheSegmentOfTheLastMessage) {
  start_listener();
  const StaticIdentity identity(dialer_key, {}, rng);
  Handshake by_hand(Role::kDialer, identity, std::nullopt, rng);
  ASSERT_TRUE(loop.run(write(*dialer_raw, by_hand.start())));
  Bytes second(2);
  ASSERT_TRUE(loop.run(read_exact(*dialer_raw, second)));
  second.resize(load_be<std::uint16_t>(second.data()));
  ASSERT_TRUE(loop.run(read_exact(*dialer_raw, second)));
  Bytes segment = by_hand.on_message(second).value();
  FrameSealer sealer(by_hand.split().first);
  std::vector<ByteView> pieces = {as_bytes("at once")};
  std::span<ByteView> left(pieces);
  Bytes frame(100);
  frame.resize(sealer.seal(left, frame).value());
  segment.insert(segment.end(), frame.begin(), frame.end());
  ASSERT_TRUE(loop.run(write(*dialer_raw, segment)));
  loop.run_for(seconds(1));
  ASSERT_TRUE(listener && *listener);
  EXPECT_EQ(read(in()), "at once");
}

TEST_F(NoiseTest, N9TheDialerRefusesAnotherPeer) {
  start_listener();
  start_dialer(PeerId::of(dialer_key.public_key()));
  loop.run_for(seconds(1));
  ASSERT_TRUE(dialer && listener);
  EXPECT_TRUE(dialer->error().is(errors::kWrongPeer));
  EXPECT_FALSE(*listener);
}

TEST_F(NoiseTest, AWriteToAStuckPeerWaits) {
  secure();
  std::optional<Result<void>> done;
  tasks.spawn(write_and_note(out(), Bytes(3'000'000), done));
  loop.run_for(seconds(1));
  EXPECT_FALSE(done);
  out().reset();
  loop.run_for(seconds(1));
  EXPECT_TRUE(done->error().is(opwire::errors::kClosed));
}

}  // namespace
}  // namespace opwire::noise
