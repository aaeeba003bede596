#include "opwire/net/udp.hpp"

#include <cerrno>
#include <optional>

#include <gtest/gtest.h>

#include "opwire/net/errors.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Received = Result<std::span<const Datagram>>;

constexpr std::size_t kMax = 1280;

Endpoint loopback(bool v6, std::uint16_t port = 0) {
  ByteArray<16> v6_address{};
  v6_address[15] = 1;
  return v6 ? Endpoint(v6_address, port) : Endpoint(ByteArray<4>{127, 0, 0, 1}, port);
}
Endpoint any(bool v6, std::uint16_t port = 0) {
  return v6 ? Endpoint(ByteArray<16>{}, port) : Endpoint(ByteArray<4>{}, port);
}

std::unique_ptr<DatagramSocket> bound(Loop& loop, const Endpoint& at, std::size_t max = kMax) {
  auto socket = bind_udp(loop, at, max);
  if (!socket) ADD_FAILURE() << socket.error().message();
  return std::move(*socket);
}

Bytes numbered(std::size_t number, std::size_t size = 100) {
  Bytes bytes(size, 7);
  store_be(bytes.data(), static_cast<std::uint32_t>(number));
  return bytes;
}

struct Taken {
  Endpoint from;
  Bytes bytes;
};

// As many datagrams as asked for; fewer when no more come.
Task<void> collect(DatagramSocket& socket, std::size_t count, std::vector<Taken>& into) {
  while (into.size() < count) {
    const auto received = co_await socket.receive();
    if (!received) co_return;
    for (const Datagram& datagram : *received) into.push_back({datagram.from, to_bytes(datagram.bytes)});
  }
}
std::vector<Taken> take(ReactorLoop& loop, DatagramSocket& socket, std::size_t count, Duration patience = seconds(5)) {
  std::vector<Taken> taken;
  Scope scope(loop);
  Timer timer(loop, [&] { scope.cancel(); });
  timer.arm_in(patience);
  scope.spawn(collect(socket, count, taken));
  loop.run(scope.join());
  return taken;
}

Task<void> keep_received(DatagramSocket& socket, std::optional<Received>& received) {
  received = co_await socket.receive();
}

class UdpBothFamilies : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Udp, UdpBothFamilies, testing::Bool(),
                         [](const auto& info) { return info.param ? "v6" : "v4"; });

TEST_P(UdpBothFamilies, ThereAndBack) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(GetParam()));
  const auto b = bound(loop, loopback(GetParam()));
  EXPECT_NE(a->local().port, 0);
  EXPECT_EQ(a->local().is_v6, GetParam());
  a->send(b->local(), numbered(1));
  const auto asked = take(loop, *b, 1);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].from, a->local());
  EXPECT_EQ(asked[0].bytes, numbered(1));
  b->send(asked[0].from, numbered(2));
  const auto answered = take(loop, *a, 1);
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].from, b->local());
  EXPECT_EQ(answered[0].bytes, numbered(2));
}

TEST_P(UdpBothFamilies, TwoHundredInOneTurnArriveInOrder) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(GetParam()));
  const auto b = bound(loop, loopback(GetParam()));
  for (std::size_t i = 0; i < 200; ++i) a->send(b->local(), numbered(i, 4 + i));
  const auto taken = take(loop, *b, 200);
  ASSERT_EQ(taken.size(), 200u);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(taken[i].bytes, numbered(i, 4 + i)) << i;
}

TEST(Udp, AtMost64ComeAtATime) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  for (std::size_t i = 0; i < 100; ++i) a->send(b->local(), numbered(i));
  a->close();
  const auto first = loop.run(b->receive());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 64u);
  const auto second = loop.run(b->receive());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->size(), 36u);
}

TEST(Udp, EmptyAndLongestAreTakenAndLongerLeftOut) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false), 200);
  a->send(b->local(), numbered(0, 201));
  a->send(b->local(), {});
  a->send(b->local(), numbered(1, 60'000));
  a->send(b->local(), numbered(2, 200));
  const auto taken = take(loop, *b, 2);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_TRUE(taken[0].bytes.empty());
  EXPECT_EQ(taken[1].bytes, numbered(2, 200));
}

TEST(Udp, OnlyTooLongOnesWakeNobody) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false), 200);
  for (std::size_t i = 0; i < 100; ++i) a->send(b->local(), numbered(i, 201));
  EXPECT_TRUE(take(loop, *b, 1, milliseconds(20)).empty());
}

TEST(Udp, OneThatTheSystemRefusesDoesNotTakeOthersWithIt) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  a->send(b->local(), numbered(0));
  a->send(b->local(), numbered(1, 65'508));                             // too long for UDP
  a->send(Endpoint(ByteArray<4>{255, 255, 255, 255}, 9), numbered(2));  // broadcast is not allowed
  a->send(b->local(), numbered(3));
  a->send(b->local(), numbered(4, 65'508));
  const auto taken = take(loop, *b, 2);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].bytes, numbered(0));
  EXPECT_EQ(taken[1].bytes, numbered(3));
}

TEST(Udp, SendingCopiesAndLeavesInThisTurn) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  Bytes bytes = numbered(1);
  a->send(b->local(), bytes);
  std::ranges::fill(bytes, std::uint8_t{0xee});
  const auto taken = take(loop, *b, 1);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].bytes, numbered(1));
}

TEST(Udp, MoreThanTheQueueHoldsLeavesAtOnce) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  for (std::size_t i = 0; i < 1024; ++i) a->send(a->local(), {});  // fills a's own buffer, at worst
  a->send(b->local(), numbered(1));
  for (std::size_t i = 0; i < 1024; ++i) a->send(a->local(), {});
  EXPECT_EQ(take(loop, *b, 1).size(), 1u);
  for (int i = 0; i < 40; ++i) a->send(b->local(), numbered(2, 60'000));  // more bytes than it holds
  a->send(b->local(), Bytes(2 * 1024 * 1024));
  EXPECT_TRUE(take(loop, *b, 1, milliseconds(20)).empty());
}

TEST(Udp, NobodyAtTheOtherEndIsPassedOver) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  const Endpoint nobody = bound(loop, loopback(false))->local();
  for (std::size_t i = 0; i < 5; ++i) a->send(nobody, numbered(i));
  b->send(a->local(), numbered(9));
  a->send(b->local(), numbered(8));
  EXPECT_EQ(take(loop, *a, 1).size(), 1u);
  EXPECT_EQ(take(loop, *b, 1).size(), 1u);
}

TEST(Udp, DualStackSeesIPv4AsIPv4) {
  ReactorLoop loop;
  const auto dual = bound(loop, any(true));
  const std::uint16_t port = dual->local().port;
  for (const bool v6 : {false, true}) {
    const auto other = bound(loop, loopback(v6));
    other->send(loopback(v6, port), numbered(1));
    const auto asked = take(loop, *dual, 1);
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].from, other->local());
    dual->send(asked[0].from, numbered(2));
    const auto answered = take(loop, *other, 1);
    ASSERT_EQ(answered.size(), 1u);
    EXPECT_EQ(answered[0].from, loopback(v6, port));
  }
}

TEST(Udp, AnotherFamilyIsDropped) {
  ReactorLoop loop;
  for (const bool v6 : {false, true}) {
    const auto a = bound(loop, loopback(v6));
    const auto dual = bound(loop, any(true));
    a->send(loopback(!v6, dual->local().port), numbered(1));
    a->send(loopback(v6, dual->local().port), numbered(2));
    const auto taken = take(loop, *dual, 1);
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_EQ(taken[0].bytes, numbered(2));
  }
}

TEST(Udp, PortInUseSaysSo) {
  ReactorLoop loop;
  const auto first = bound(loop, loopback(false));
  const auto second = bind_udp(loop, first->local(), kMax);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(errors::kListen));
  EXPECT_EQ(second.error().system_error(), EADDRINUSE);
}

TEST(Udp, CloseEndsReceive) {
  ReactorLoop loop;
  const auto socket = bound(loop, loopback(false));
  Scope scope(loop);
  std::optional<Received> received;
  scope.spawn(keep_received(*socket, received));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  EXPECT_FALSE(received);
  socket->close();
  loop.run(scope.join());
  EXPECT_TRUE(received->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(loop.run(socket->receive()).error().is(opwire::errors::kClosed));
  socket->send(loopback(false, 9), numbered(1));
  socket->close();
}

TEST(Udp, CancellationEndsReceiveAndLeavesTheSocketUsable) {
  ReactorLoop loop;
  const auto a = bound(loop, loopback(false));
  const auto b = bound(loop, loopback(false));
  Scope scope(loop);
  std::optional<Received> received;
  std::optional<Received> late;
  scope.spawn(keep_received(*a, received));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  scope.cancel();
  scope.spawn(keep_received(*a, late));
  loop.run(scope.join());
  EXPECT_TRUE(received->error().is(opwire::errors::kCancelled));
  EXPECT_TRUE(late->error().is(opwire::errors::kCancelled));
  b->send(a->local(), numbered(1));
  EXPECT_EQ(take(loop, *a, 1).size(), 1u);
}

TEST(Udp, WhatWasSentLeavesAtCloseAndAtTheEnd) {
  ReactorLoop loop;
  const auto b = bound(loop, loopback(false));
  auto a = bound(loop, loopback(false));
  a->send(b->local(), numbered(1));
  a->close();
  a = bound(loop, loopback(false));
  a->send(b->local(), numbered(2));
  a.reset();  // its flush is still posted
  const auto taken = take(loop, *b, 2);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].bytes, numbered(1));
  EXPECT_EQ(taken[1].bytes, numbered(2));
}

}  // namespace
}  // namespace opwire::net
