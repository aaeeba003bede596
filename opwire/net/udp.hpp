// UDP: datagrams to and from anybody, over one socket.
#pragma once

#include <memory>
#include <span>

#include "opwire/base/result.hpp"
#include "opwire/net/endpoint.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::net {

struct Datagram {
  Endpoint from;
  ByteView bytes;
};

class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  virtual const Endpoint& local() const noexcept = 0;
  /// Copies the datagram; what one turn of the loop sends leaves together at its end. UDP promises nothing: what the
  /// system does not take is dropped.
  virtual void send(const Endpoint& to, ByteView datagram) = 0;
  /// Waits for at least one datagram, and takes those that wait with it. They are valid until the next call. Longer
  /// ones than the socket was made for are left out. Errors: kCancelled, kClosed, kReceive.
  virtual Task<Result<std::span<const Datagram>>> receive() = 0;
  /// A waiting receive() ends with kClosed; what was sent in this turn still leaves.
  virtual void close() = 0;
};

/// Port 0: any. :: takes IPv4 too, whose addresses are then seen as IPv4. max_datagram: bytes. Errors: kListen with the
/// system's reason.
Result<std::unique_ptr<DatagramSocket>> bind_udp(Loop& loop, const Endpoint& at, std::size_t max_datagram);

}  // namespace opwire::net
