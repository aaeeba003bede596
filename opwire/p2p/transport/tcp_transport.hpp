// TCP as a libp2p transport: /ip4|ip6/<address>/tcp/<port>.
#pragma once

#include "opwire/p2p/core/upgrade.hpp"

namespace opwire::transport {

/// Dials and listens on addresses of exactly that shape; names are resolved before (address_resolver.hpp).
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(Loop& loop) : loop_(loop) {}

  bool can_dial(const Multiaddr& address) const override;
  /// Errors: net kConnect, kTimeout, kCancelled; kUnsupported.
  Task<Result<RawConnection>> dial(Multiaddr address, TimePoint deadline) override;
  /// 0.0.0.0, :: (IPv6 only) and port 0 are understood. Errors: net kListen, kUnsupported.
  Result<std::unique_ptr<Listener>> listen(const Multiaddr& address) override;

 private:
  Loop& loop_;
};

}  // namespace opwire::transport
