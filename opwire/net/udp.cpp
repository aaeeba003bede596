#include "opwire/net/udp.hpp"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "opwire/net/errors.hpp"
#include "opwire/net/udp_batch.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::net {
namespace asio = boost::asio;
using Udp = asio::ip::udp;
namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
// What comes while the loop is busy waits here. The system may give less.
constexpr int kSystemBuffer = 1024 * 1024;

bool is_unspecified(const Endpoint& endpoint) {
  return endpoint.address == ByteArray<16>{};
}

Endpoint from_asio(const Udp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return {ByteView(address.to_v4().to_bytes()), endpoint.port()};
  return {ByteView(address.to_v6().to_bytes()), endpoint.port()};
}

Udp::endpoint to_asio(const Endpoint& endpoint) {
  if (endpoint.is_v6) return {asio::ip::address_v6(endpoint.address), endpoint.port};
  return {asio::ip::make_address_v4(load_be<std::uint32_t>(endpoint.address.data())), endpoint.port};
}

UdpFamily family_at(const Endpoint& endpoint) {
  if (!endpoint.is_v6) return UdpFamily::kV4;
  return is_unspecified(endpoint) ? UdpFamily::kDual : UdpFamily::kV6;
}

class UdpSocket final : public DatagramSocket {
 public:
  UdpSocket(Loop& loop, Udp::socket socket, const Endpoint& local, UdpFamily family, std::size_t max_datagram)
      : loop_(loop),
        socket_(std::move(socket)),
        local_(local),
        incoming_(max_datagram),
        outgoing_(std::make_shared<Outgoing>(family, socket_.native_handle())) {}
  ~UdpSocket() override { UdpSocket::close(); }

  const Endpoint& local() const noexcept override { return local_; }

  void send(const Endpoint& to, ByteView datagram) override {
    if (!socket_.is_open() || datagram.size() > OutgoingBatch::kMaxBytes) return;
    if (!outgoing_->batch.has_room_for(datagram.size())) outgoing_->flush();
    if (!outgoing_->batch.add(to, datagram) || outgoing_->flush_is_due) return;
    outgoing_->flush_is_due = true;
    loop_.post([due = std::weak_ptr<Outgoing>(outgoing_)] {
      const auto outgoing = due.lock();
      if (!outgoing) return;
      outgoing->flush_is_due = false;
      outgoing->flush();
    });
  }

  Task<Result<std::span<const Datagram>>> receive() override {
    while (true) {
      if (!socket_.is_open()) co_return opwire::errors::kClosed;
      if (co_await is_cancelled()) co_return opwire::errors::kCancelled;
      // Waiting every time, even while more is there, gives the loop's other tasks their turn.
      const auto [error] = co_await socket_.async_wait(Udp::socket::wait_read, kToken);
      if (!socket_.is_open()) co_return opwire::errors::kClosed;
      if (error == asio::error::operation_aborted) co_return opwire::errors::kCancelled;
      if (error) co_return Error(errors::kReceive, nullptr, error.value());
      const int failure = incoming_.take(socket_.native_handle());
      // All others are about something that we sent (ICMP), or pass.
      if (failure == EBADF || failure == EINVAL || failure == ENOTSOCK) {
        co_return Error(errors::kReceive, nullptr, failure);
      }
      if (!incoming_.taken().empty()) co_return incoming_.taken();
    }
  }

  void close() override {
    if (!socket_.is_open()) return;
    outgoing_->flush();
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  /// A flush that was posted may come after the socket's end.
  struct Outgoing {
    Outgoing(UdpFamily family, int socket) : batch(family), descriptor(socket) {}
    void flush() {
      if (!batch.empty()) batch.flush(descriptor);
    }
    OutgoingBatch batch;
    int descriptor;
    bool flush_is_due = false;
  };

  Loop& loop_;
  Udp::socket socket_;
  Endpoint local_;
  IncomingBatch incoming_;
  std::shared_ptr<Outgoing> outgoing_;
};

}  // namespace

Result<std::unique_ptr<DatagramSocket>> bind_udp(Loop& loop, const Endpoint& at, std::size_t max_datagram) {
  const Udp::endpoint endpoint = to_asio(at);
  const UdpFamily family = family_at(at);
  Udp::socket socket(loop.executor());
  boost::system::error_code error;
  boost::system::error_code ignored;
  socket.open(endpoint.protocol(), error);
  if (!error && at.is_v6) socket.set_option(asio::ip::v6_only(family == UdpFamily::kV6), error);
  if (!error) socket.bind(endpoint, error);
  if (error) return Error(errors::kListen, nullptr, error.value());
  socket.set_option(Udp::socket::receive_buffer_size(kSystemBuffer), ignored);
  socket.set_option(Udp::socket::send_buffer_size(kSystemBuffer), ignored);
  const Endpoint local = from_asio(socket.local_endpoint(ignored));
  return std::unique_ptr<DatagramSocket>(
      std::make_unique<UdpSocket>(loop, std::move(socket), local, family, max_datagram));
}

}  // namespace opwire::net
