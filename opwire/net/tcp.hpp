// TCP: dialling, listening, and sockets as Streams. Sockets have TCP_NODELAY.
#pragma once

#include <memory>

#include "opwire/net/endpoint.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::net {

struct TcpConnection {
  std::unique_ptr<Stream> stream;
  Endpoint local;
  Endpoint remote;
};

/// Errors: kConnect with the system's reason, kTimeout, kCancelled.
Task<Result<TcpConnection>> tcp_connect(Loop& loop, Endpoint to, TimePoint deadline);

class TcpListener {
 public:
  /// Port 0: any. :: listens on IPv6 only. Errors: kListen with the system's reason (address in use...).
  static Result<std::unique_ptr<TcpListener>> bind(Loop& loop, const Endpoint& at, int backlog = 256);
  ~TcpListener();

  const Endpoint& local() const noexcept;
  /// Waits for a connection. When the process is out of descriptors or memory it pauses and goes on; connections that
  /// broke before they were accepted are passed over. Errors: kCancelled, kClosed, kAccept.
  Task<Result<TcpConnection>> accept();
  /// A waiting accept() ends with kClosed.
  void close();

 private:
  struct Impl;
  explicit TcpListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::net
