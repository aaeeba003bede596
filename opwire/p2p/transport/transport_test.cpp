// One suite for all transports, then what only one of them does.
#include <gtest/gtest.h>

#include "opwire/net/errors.hpp"
#include "opwire/p2p/transport/errors.hpp"
#include "opwire/p2p/transport/memory_transport.hpp"
#include "opwire/p2p/transport/tcp_transport.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::transport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Multiaddr address(std::string_view text) {
  return Multiaddr::parse_text(text).value();
}

struct TcpWorld {
  ReactorLoop loop;
  TcpTransport transport{loop};
  Multiaddr any = address("/ip4/127.0.0.1/tcp/0");
  Multiaddr nobody = address("/ip4/127.0.0.1/tcp/1");
  Multiaddr foreign = address("/memory/1");
  const ErrorKind& refused = net::errors::kConnect;
  const ErrorKind& in_use = net::errors::kListen;
};

struct MemoryWorld {
  SimulatedLoop loop;
  MemoryHub hub{loop};
  MemoryTransport transport{hub};
  Multiaddr any = address("/memory/0");
  Multiaddr nobody = address("/memory/1");
  Multiaddr foreign = address("/ip4/127.0.0.1/tcp/1");
  const ErrorKind& refused = errors::kNoListener;
  const ErrorKind& in_use = errors::kAddressInUse;
};

Task<void> keep_accepted(Listener& listener, std::optional<Result<RawConnection>>& accepted) {
  accepted = co_await listener.accept();
}

template <class World>
class TransportConformance : public testing::Test {
 protected:
  std::unique_ptr<Listener> listen() { return std::move(world.transport.listen(world.any)).value(); }
  Result<RawConnection> dial(const Multiaddr& to) {
    return world.loop.run(world.transport.dial(to, world.loop.now() + seconds(5)));
  }
  void settle() { (void)world.loop.run(sleep_for(world.loop, milliseconds(5))); }
  World world;
};
using Worlds = testing::Types<TcpWorld, MemoryWorld>;
TYPED_TEST_SUITE(TransportConformance, Worlds);

TYPED_TEST(TransportConformance, ConnectsAndTellsBothSidesTheirAddresses) {
  auto& loop = this->world.loop;
  const auto listener = this->listen();
  EXPECT_NE(listener->local(), this->world.any) << "the number really bound";
  ASSERT_TRUE(this->world.transport.can_dial(listener->local()));
  Result<RawConnection> dialled = this->dial(listener->local());
  Result<RawConnection> accepted = loop.run(listener->accept());
  ASSERT_TRUE(dialled && accepted);
  EXPECT_EQ(dialled->remote, listener->local());
  EXPECT_EQ(accepted->local, listener->local());
  EXPECT_EQ(dialled->local, accepted->remote);
  ASSERT_TRUE(loop.run(write(*dialled->stream, as_bytes("hello"))));
  ByteArray<5> got;
  ASSERT_TRUE(loop.run(read_exact(*accepted->stream, got)));
  EXPECT_EQ(as_text(got), "hello");
}

TYPED_TEST(TransportConformance, NobodyListens) {
  const Result<RawConnection> dialled = this->dial(this->world.nobody);
  ASSERT_FALSE(dialled);
  EXPECT_TRUE(dialled.error().is(this->world.refused)) << dialled.error().message();
}

TYPED_TEST(TransportConformance, AddressInUse) {
  const auto listener = this->listen();
  const auto second = this->world.transport.listen(listener->local());
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(this->world.in_use)) << second.error().message();
}

TYPED_TEST(TransportConformance, ClosingTheListenerEndsAcceptAndFreesTheAddress) {
  auto listener = this->listen();
  const Multiaddr at = listener->local();
  Scope scope(this->world.loop);
  std::optional<Result<RawConnection>> accepted;
  scope.spawn(keep_accepted(*listener, accepted));
  this->settle();
  listener->close();
  listener->close();
  this->world.loop.run(scope.join());
  EXPECT_TRUE(accepted->error().is(opwire::errors::kClosed));
  EXPECT_FALSE(this->dial(at));
  listener.reset();
  EXPECT_TRUE(this->world.transport.listen(at));
}

TYPED_TEST(TransportConformance, CancelledAccept) {
  const auto listener = this->listen();
  Scope scope(this->world.loop);
  std::optional<Result<RawConnection>> accepted;
  scope.spawn(keep_accepted(*listener, accepted));
  this->settle();
  scope.cancel();
  this->world.loop.run(scope.join());
  EXPECT_TRUE(accepted->error().is(opwire::errors::kCancelled));
  EXPECT_TRUE(this->dial(listener->local()));
}

TYPED_TEST(TransportConformance, ForeignAddressesAreRefused) {
  EXPECT_FALSE(this->world.transport.can_dial(this->world.foreign));
  EXPECT_FALSE(this->world.transport.can_dial(Multiaddr()));
  EXPECT_TRUE(this->dial(this->world.foreign).error().is(errors::kUnsupported));
  EXPECT_TRUE(this->world.transport.listen(this->world.foreign).error().is(errors::kUnsupported));
}

TEST(TcpTransport, TakesIpAndTcpOnly) {
  ReactorLoop loop;
  const TcpTransport transport(loop);
  EXPECT_TRUE(transport.can_dial(address("/ip4/1.2.3.4/tcp/9222")));
  EXPECT_TRUE(transport.can_dial(address("/ip6/::1/tcp/9222")));
  for (const char* text : {"/ip4/1.2.3.4/udp/9222", "/dns4/example.org/tcp/9222", "/ip4/1.2.3.4/tcp/9222/ws",
                           "/ip4/1.2.3.4/tcp/9222/p2p-circuit"}) {
    EXPECT_FALSE(transport.can_dial(address(text))) << text;
  }
}

TEST(TcpTransport, WildcardListensOnLoopbackToo) {
  ReactorLoop loop;
  TcpTransport transport(loop);
  const auto listener = std::move(transport.listen(address("/ip4/0.0.0.0/tcp/0"))).value();
  const ByteArray<4> loopback{127, 0, 0, 1};
  const Multiaddr at = Multiaddr::ip_tcp(loopback, *listener->local().tcp_port());
  EXPECT_TRUE(loop.run(transport.dial(at, loop.now() + seconds(5))));
}

TEST(MemoryTransport, FullBacklogRefuses) {
  SimulatedLoop loop;
  MemoryHub hub(loop);
  MemoryTransport transport(hub);
  const auto listener = std::move(transport.listen(address("/memory/7"))).value();
  std::vector<RawConnection> open;
  for (int i = 0; i < 256; ++i) {
    Result<RawConnection> dialled = loop.run(transport.dial(listener->local(), loop.now()));
    ASSERT_TRUE(dialled);
    open.push_back(std::move(*dialled));
  }
  EXPECT_TRUE(loop.run(transport.dial(listener->local(), loop.now())).error().is(errors::kNoListener));
}

}  // namespace
}  // namespace opwire::transport
