#include "opwire/net/tcp_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "opwire/net/errors.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::net {
namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

bool is_transient(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

Error io_error(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) return opwire::errors::kCancelled;
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe ||
      error == asio::error::not_connected) {
    return opwire::errors::kReset;
  }
  return {errors::kIo, nullptr, error.value()};
}

class TcpStream final : public Stream {
 public:
  explicit TcpStream(Tcp::socket socket) : socket_(std::move(socket)) {}
  // After close_write() the kernel still delivers what it holds; else the other side must not take this for an end.
  ~TcpStream() override {
    if (!write_ended_) reset();
  }

  Task<Result<void>> wait_readable() override { return wait_for(Tcp::socket::wait_read); }

  Task<Result<std::size_t>> read_some(MutableByteView into) override {
    while (true) {
      if (!socket_.is_open()) co_return opwire::errors::kClosed;
      const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      if (got >= 0) co_return static_cast<std::size_t>(got);
      OPW_CO_TRYV(co_await after_failure(Tcp::socket::wait_read));
    }
  }

  Task<Result<void>> write(ByteViews pieces) override {
    std::size_t offset = 0;  // bytes of the first piece that are sent already
    while (!pieces.empty()) {
      if (!socket_.is_open() || write_ended_) co_return opwire::errors::kClosed;
      const ssize_t sent = send_some(pieces, offset);
      if (sent < 0) {
        OPW_CO_TRYV(co_await after_failure(Tcp::socket::wait_write));
        continue;
      }
      offset += static_cast<std::size_t>(sent);
      while (!pieces.empty() && offset >= pieces.front().size()) {
        offset -= pieces.front().size();
        pieces = pieces.subspan(1);
      }
    }
    co_return Result<void>();
  }

  Task<Result<void>> close_write() override {
    if (!socket_.is_open()) co_return opwire::errors::kClosed;
    boost::system::error_code error;
    socket_.shutdown(Tcp::socket::shutdown_send, error);
    if (error) co_return io_error(error);
    write_ended_ = true;
    co_return Result<void>();
  }

  void reset() noexcept override {
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // RST instead of FIN
    socket_.close(ignored);
  }

 private:
  static constexpr std::size_t kMaxPieces = 64;

  ssize_t send_some(ByteViews pieces, std::size_t offset) {
    std::array<iovec, kMaxPieces> vectors;
    const std::size_t count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
      const ByteView piece = i == 0 ? pieces[0].subspan(offset) : pieces[i];
      vectors[i] = {const_cast<std::uint8_t*>(piece.data()), piece.size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  }

  // errno of the failed call decides: wait and try again, or report.
  Task<Result<void>> after_failure(Tcp::socket::wait_type direction) {
    const boost::system::error_code error(errno, boost::system::system_category());
    if (!is_transient(error)) co_return io_error(error);
    co_return co_await wait_for(direction);
  }

  Task<Result<void>> wait_for(Tcp::socket::wait_type direction) {
    if (!socket_.is_open()) co_return opwire::errors::kClosed;
    if (co_await is_cancelled()) co_return opwire::errors::kCancelled;
    const auto [error] = co_await socket_.async_wait(direction, kToken);
    if (!socket_.is_open()) co_return opwire::errors::kClosed;
    if (error) co_return io_error(error);
    co_return Result<void>();
  }

  Tcp::socket socket_;
  bool write_ended_ = false;
};

}  // namespace

std::unique_ptr<Stream> make_tcp_stream(Tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.native_non_blocking(true, ignored);
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace opwire::net
