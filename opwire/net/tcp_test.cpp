#include "opwire/net/tcp.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "opwire/net/errors.hpp"
#include "opwire/net/no_descriptors_for_test.hpp"
#include "opwire/net/stream_conformance.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire {
namespace {

using net::Endpoint;
using net::TcpConnection;
using net::TcpListener;
using std::chrono::milliseconds;
using std::chrono::seconds;

Endpoint loopback(bool v6, std::uint16_t port = 0) {
  ByteArray<16> v6_address{};
  v6_address[15] = 1;
  const ByteArray<4> v4_address{127, 0, 0, 1};
  return v6 ? Endpoint(v6_address, port) : Endpoint(v4_address, port);
}

std::unique_ptr<TcpListener> listen(Loop& loop, bool v6 = false) {
  auto listener = TcpListener::bind(loop, loopback(v6));
  if (!listener) ADD_FAILURE() << listener.error().message();
  return std::move(*listener);
}

Task<void> keep_accepted(TcpListener& listener, std::optional<Result<TcpConnection>>& accepted) {
  accepted = co_await listener.accept();
}
Task<void> keep_connected(Loop& loop, Endpoint to, TimePoint deadline,
                          std::optional<Result<TcpConnection>>& connected) {
  connected = co_await net::tcp_connect(loop, to, deadline);
}

struct Pair {
  TcpConnection client, server;
};
Pair connect(ReactorLoop& loop, TcpListener& listener) {
  Scope scope(loop);
  std::optional<Result<TcpConnection>> accepted;
  scope.spawn(keep_accepted(listener, accepted));
  auto client = loop.run(net::tcp_connect(loop, listener.local(), loop.now() + seconds(5)));
  loop.run(scope.join());
  EXPECT_TRUE(client && *accepted);
  return {std::move(*client), std::move(**accepted)};
}

struct TcpWorld {
  static constexpr std::size_t kBuffered = 32 * 1024 * 1024;
  TcpWorld() {
    const auto listener = listen(reactor);
    Pair pair = connect(reactor, *listener);
    a = std::move(pair.client.stream);
    b = std::move(pair.server.stream);
  }
  Loop& loop() { return reactor; }
  template <class T>
  T run(Task<T> task) {
    return reactor.run(std::move(task));
  }
  ReactorLoop reactor;
  std::unique_ptr<Stream> a, b;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Tcp, StreamConformance, TcpWorld);

class TcpFamily : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(BothFamilies, TcpFamily, testing::Bool(),
                         [](const auto& info) { return info.param ? "v6" : "v4"; });

TEST_P(TcpFamily, EndpointsAreSeenFromBothSides) {
  ReactorLoop loop;
  const auto listener = listen(loop, GetParam());
  EXPECT_NE(listener->local().port, 0);
  const Pair pair = connect(loop, *listener);
  EXPECT_EQ(pair.client.remote, listener->local());
  EXPECT_EQ(pair.server.local, listener->local());
  EXPECT_EQ(pair.client.local, pair.server.remote);
  EXPECT_EQ(pair.client.local.is_v6, GetParam());
}

TEST(TcpListener, PortInUseSaysSo) {
  ReactorLoop loop;
  const auto first = listen(loop);
  const auto second = TcpListener::bind(loop, first->local());
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(net::errors::kListen));
  EXPECT_EQ(second.error().system_error(), EADDRINUSE);
  EXPECT_NE(second.error().message().find("Address already in use"), std::string::npos) << second.error().message();
}

TEST(TcpListener, CloseEndsAccept) {
  ReactorLoop loop;
  const auto listener = listen(loop);
  Scope scope(loop);
  std::optional<Result<TcpConnection>> accepted;
  scope.spawn(keep_accepted(*listener, accepted));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  listener->close();
  loop.run(scope.join());
  EXPECT_TRUE(accepted->error().is(errors::kClosed));
  EXPECT_TRUE(loop.run(listener->accept()).error().is(errors::kClosed));
}

TEST(TcpListener, CancellationEndsAcceptAndLeavesTheListenerUsable) {
  ReactorLoop loop;
  const auto listener = listen(loop);
  Scope scope(loop);
  std::optional<Result<TcpConnection>> accepted;
  scope.spawn(keep_accepted(*listener, accepted));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  scope.cancel();
  loop.run(scope.join());
  EXPECT_TRUE(accepted->error().is(errors::kCancelled));
  (void)connect(loop, *listener);
}

// A socket whose backlog is full: the kernel answers no further connection attempts.
class FullListener {
 public:
  explicit FullListener(ReactorLoop& loop) {
    auto bound = TcpListener::bind(loop, loopback(false), 0);
    listener_ = std::move(*bound);
    for (int& fd : fds_) {
      fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(listener_->local().port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      (void)::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to));
    }
  }
  ~FullListener() {
    for (const int fd : fds_) ::close(fd);
  }
  Endpoint at() const { return listener_->local(); }

 private:
  std::unique_ptr<TcpListener> listener_;
  std::array<int, 4> fds_{};
};

TEST(TcpConnect, TimesOut) {
  ReactorLoop loop;
  const FullListener full(loop);
  const TimePoint start = loop.now();
  const auto connected = loop.run(net::tcp_connect(loop, full.at(), start + milliseconds(30)));
  ASSERT_FALSE(connected);
  EXPECT_TRUE(connected.error().is(errors::kTimeout)) << connected.error().message();
  EXPECT_LT(loop.now() - start, seconds(1));
}

TEST(TcpConnect, CanBeCancelled) {
  ReactorLoop loop;
  const FullListener full(loop);
  Scope scope(loop);
  std::optional<Result<TcpConnection>> connected;
  scope.spawn(keep_connected(loop, full.at(), loop.now() + seconds(30), connected));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  scope.cancel();
  loop.run(scope.join());
  EXPECT_TRUE(connected->error().is(errors::kCancelled));
}

TEST(TcpConnect, RefusalCarriesTheSystemsReason) {
  ReactorLoop loop;
  const Endpoint nobody = listen(loop)->local();
  const auto connected = loop.run(net::tcp_connect(loop, nobody, loop.now() + seconds(5)));
  ASSERT_FALSE(connected);
  EXPECT_TRUE(connected.error().is(net::errors::kConnect));
  EXPECT_EQ(connected.error().system_error(), ECONNREFUSED);
}

TEST(TcpListener, SurvivesRunningOutOfDescriptors) {
  ReactorLoop loop;
  const auto listener = listen(loop);
  Scope scope(loop);
  std::optional<Result<TcpConnection>> connected;
  std::optional<Result<TcpConnection>> accepted;
  scope.spawn(keep_connected(loop, listener->local(), loop.now() + seconds(5), connected));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  {
    const net::NoDescriptors none;
    scope.spawn(keep_accepted(*listener, accepted));
    (void)loop.run(sleep_for(loop, milliseconds(120)));
    EXPECT_FALSE(accepted);
    const auto another = loop.run(net::tcp_connect(loop, listener->local(), loop.now() + seconds(5)));
    ASSERT_FALSE(another);
    EXPECT_EQ(another.error().system_error(), EMFILE);
  }
  loop.run(scope.join());
  EXPECT_TRUE(*accepted && *connected);
}

}  // namespace
}  // namespace opwire
