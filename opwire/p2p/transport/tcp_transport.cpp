#include "opwire/p2p/transport/tcp_transport.hpp"

#include "opwire/net/tcp.hpp"
#include "opwire/p2p/transport/errors.hpp"

namespace opwire::transport {
namespace {

std::optional<net::Endpoint> endpoint_of(const Multiaddr& address) {
  const auto components = address.components();
  if (components.size() != 2 || components[1].protocol != Protocol::kTcp) return std::nullopt;
  if (components[0].protocol != Protocol::kIp4 && components[0].protocol != Protocol::kIp6) return std::nullopt;
  return net::Endpoint(components[0].value, load_be<std::uint16_t>(components[1].value.data()));
}

Multiaddr address_of(const net::Endpoint& endpoint) {
  return Multiaddr::ip_tcp(endpoint.ip(), endpoint.port);
}

RawConnection make_raw(net::TcpConnection connection) {
  return {std::move(connection.stream), address_of(connection.local), address_of(connection.remote)};
}

class TcpTransportListener final : public Listener {
 public:
  explicit TcpTransportListener(std::unique_ptr<net::TcpListener> listener)
      : listener_(std::move(listener)), local_(address_of(listener_->local())) {}

  const Multiaddr& local() const override { return local_; }
  Task<Result<RawConnection>> accept() override {
    OPW_CO_TRY(net::TcpConnection connection, co_await listener_->accept());
    co_return make_raw(std::move(connection));
  }
  void close() override { listener_->close(); }

 private:
  std::unique_ptr<net::TcpListener> listener_;
  Multiaddr local_;
};

}  // namespace

bool TcpTransport::can_dial(const Multiaddr& address) const {
  return endpoint_of(address).has_value();
}

Task<Result<RawConnection>> TcpTransport::dial(Multiaddr address, TimePoint deadline) {
  const auto endpoint = endpoint_of(address);
  if (!endpoint) co_return errors::kUnsupported;
  OPW_CO_TRY(net::TcpConnection connection, co_await net::tcp_connect(loop_, *endpoint, deadline));
  co_return make_raw(std::move(connection));
}

Result<std::unique_ptr<Listener>> TcpTransport::listen(const Multiaddr& address) {
  const auto endpoint = endpoint_of(address);
  if (!endpoint) return errors::kUnsupported;
  OPW_TRY(auto listener, net::TcpListener::bind(loop_, *endpoint));
  return std::unique_ptr<Listener>(std::make_unique<TcpTransportListener>(std::move(listener)));
}

}  // namespace opwire::transport
