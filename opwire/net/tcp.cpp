#include "opwire/net/tcp.hpp"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "opwire/net/errors.hpp"
#include "opwire/net/tcp_stream.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::net {
namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
// While descriptors or memory are short, accepting is tried again after this long.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

Endpoint from_asio(const Tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return {ByteView(address.to_v4().to_bytes()), endpoint.port()};
  return {ByteView(address.to_v6().to_bytes()), endpoint.port()};
}

Tcp::endpoint to_asio(const Endpoint& endpoint) {
  if (endpoint.is_v6) return {asio::ip::address_v6(endpoint.address), endpoint.port};
  asio::ip::address_v4::bytes_type bytes;
  std::copy_n(endpoint.address.begin(), 4, bytes.begin());
  return {asio::ip::address_v4(bytes), endpoint.port};
}

TcpConnection make_connection(Tcp::socket socket, const Endpoint& remote) {
  boost::system::error_code ignored;
  const Endpoint local = from_asio(socket.local_endpoint(ignored));
  return {make_tcp_stream(std::move(socket)), local, remote};
}

}  // namespace

Task<Result<TcpConnection>> tcp_connect(Loop& loop, Endpoint to, TimePoint deadline) {
  if (co_await is_cancelled()) co_return opwire::errors::kCancelled;
  Tcp::socket socket(loop.executor());
  const Tcp::endpoint remote = to_asio(to);
  boost::system::error_code opened;
  socket.open(remote.protocol(), opened);
  if (opened) co_return Error(errors::kConnect, nullptr, opened.value());
  bool timed_out = false;
  Timer timer(loop, [&] {
    timed_out = true;
    socket.cancel();
  });
  timer.arm(deadline);
  const auto [error] = co_await socket.async_connect(remote, kToken);
  if (timed_out) co_return Error(opwire::errors::kTimeout, "TCP connect");
  if (error == asio::error::operation_aborted) co_return opwire::errors::kCancelled;
  if (error) co_return Error(errors::kConnect, nullptr, error.value());
  co_return make_connection(std::move(socket), to);
}

struct TcpListener::Impl {
  Impl(Loop& on, Tcp::acceptor socket) : loop(on), acceptor(std::move(socket)) {}
  Loop& loop;
  Tcp::acceptor acceptor;
  Endpoint local;
};

TcpListener::TcpListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TcpListener::~TcpListener() = default;

Result<std::unique_ptr<TcpListener>> TcpListener::bind(Loop& loop, const Endpoint& at, int backlog) {
  const Tcp::endpoint endpoint = to_asio(at);
  auto impl = std::make_unique<Impl>(loop, Tcp::acceptor(loop.executor()));
  Tcp::acceptor& acceptor = impl->acceptor;
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && at.is_v6) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(backlog, error);
  if (error) return Error(errors::kListen, nullptr, error.value());
  impl->local = from_asio(acceptor.local_endpoint(error));
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(impl)));
}

const Endpoint& TcpListener::local() const noexcept {
  return impl_->local;
}

void TcpListener::close() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
}

Task<Result<TcpConnection>> TcpListener::accept() {
  while (true) {
    if (!impl_->acceptor.is_open()) co_return opwire::errors::kClosed;
    if (co_await is_cancelled()) co_return opwire::errors::kCancelled;
    Tcp::socket socket(impl_->loop.executor());
    Tcp::endpoint remote;
    const auto [error] = co_await impl_->acceptor.async_accept(socket, remote, kToken);
    if (!error) co_return make_connection(std::move(socket), from_asio(remote));
    if (!impl_->acceptor.is_open()) co_return opwire::errors::kClosed;
    if (error == asio::error::operation_aborted) co_return opwire::errors::kCancelled;
    const int number = error.value();
    if (number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM) {
      co_await sleep_for(impl_->loop, kAcceptPause);
    } else if (number == EBADF || number == EINVAL || number == ENOTSOCK) {
      co_return Error(errors::kAccept, nullptr, number);
    }
  }
}

}  // namespace opwire::net
