// The seams that turn a raw connection into a secured, multiplexed one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/p2p/core/role.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire {

/// A connection as a transport delivers it.
struct RawConnection {
  RawConnection(std::unique_ptr<Stream> io, Multiaddr local_address, Multiaddr remote_address)
      : stream(std::move(io)), local(std::move(local_address)), remote(std::move(remote_address)) {}

  std::unique_ptr<Stream> stream;
  Multiaddr local;
  Multiaddr remote;  ///< the socket's address, without /p2p
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// The address really bound (port 0 resolved).
  virtual const Multiaddr& local() const = 0;
  virtual Task<Result<RawConnection>> accept() = 0;
  /// A waiting accept() ends with errors::kClosed.
  virtual void close() = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// Names in addresses are resolved before: no transport here dials /dns.
  virtual bool can_dial(const Multiaddr& address) const = 0;
  virtual Task<Result<RawConnection>> dial(Multiaddr address, TimePoint deadline) = 0;
  virtual Result<std::unique_ptr<Listener>> listen(const Multiaddr& address) = 0;
};

/// What a security protocol proved.
struct SecuredConnection {
  std::unique_ptr<Stream> stream;
  PeerId remote;
  crypto::PublicKey remote_key;
  std::string early_muxer;  ///< agreed during the handshake; empty: to be negotiated
};

class Security {
 public:
  virtual ~Security() = default;
  /// Its multistream id, "/noise".
  virtual std::string_view protocol() const = 0;
  /// Takes the raw stream. expected: the identity that was dialled; another one is an error. The caller sets the time
  /// limit by resetting the raw stream, which therefore exists until this returns, and in the stream it returns.
  virtual Task<Result<SecuredConnection>> secure(std::unique_ptr<Stream> raw, Role role,
                                                 std::optional<PeerId> expected) = 0;
};

/// A multiplexed connection. Its streams may not outlive it.
class MuxedConnection {
 public:
  virtual ~MuxedConnection() = default;
  /// Takes each stream that the peer opens, acknowledged already; must not wait or destroy the connection.
  using TakeStream = std::function<void(std::unique_ptr<Stream>)>;
  /// Moves bytes until the connection has ended; returns why (errors::kClosed after close()).
  virtual Task<Error> run(TakeStream take) = 0;
  /// Errors: kClosed, kLimit (too many streams), kTimeout (the other side acknowledges none).
  virtual Task<Result<std::unique_ptr<Stream>>> open_stream() = 0;
  /// Tells the other side, ends all streams and run(), within a second or two. Idempotent.
  virtual void close() = 0;
  virtual std::size_t stream_count() const = 0;
};

class Muxer {
 public:
  virtual ~Muxer() = default;
  /// Its multistream id, "/yamux/1.0.0".
  virtual std::string_view protocol() const = 0;
  virtual std::unique_ptr<MuxedConnection> make(std::unique_ptr<Stream> secured, Role role) = 0;
};

}  // namespace opwire
