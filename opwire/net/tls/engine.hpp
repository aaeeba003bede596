// TLS without I/O: bytes in, bytes out (RFC 8446, RFC 5246). OpenSSL over memory.
//
// Memory: what is fed waits up to kMaxInput; what is sealed waits until it is taken, one record at a time. A handshake
// holds what OpenSSL allows for it (100 KiB of certificates).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "opwire/base/buffer.hpp"
#include "opwire/base/time.hpp"
#include "opwire/net/tls/context.hpp"

namespace opwire::tls {

inline constexpr std::size_t kMaxPlaintext = 16 * 1024;  ///< of one record
/// A record that is not whole yet, and a further piece of that size.
inline constexpr std::size_t kMaxInput = 2 * kMaxPlaintext + 1024;

class Engine {
 public:
  /// peer_name: what a client's server must be called, a name or an IP address; empty: whatever it is called. now: when
  /// certificates must be valid. context outlives the handshake.
  Engine(Context& context, std::string_view peer_name, WallTime now);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// From the other side. Takes what there is room for, and says how much.
  std::size_t feed(ByteView sealed);
  /// Whether anything that was fed has not been looked at.
  bool has_input() const;
  /// For the other side: to be sent even after an error, since it may be the alert that explains it.
  bool has_output() const;
  Buffer take_output();

  /// As far as it goes with what was fed; true: done. Errors: those of errors.hpp, all final.
  Result<bool> shake_hands();
  /// What was opened, into its beginning; 0: more must be fed, or peer_ended(). Errors: as above; what the other side
  /// thinks of our certificate comes here under TLS 1.3.
  Result<std::size_t> open(MutableByteView into);
  /// The other side has ended its direction; no more is opened.
  bool peer_ended() const;
  /// plain: 1 to kMaxPlaintext bytes.
  Result<void> seal(ByteView plain);
  /// Ends our direction.
  void end();

  /// What was agreed upon; empty: nothing. Valid as long as the engine.
  std::string_view alpn() const;
  /// "TLSv1.3".
  std::string_view version() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::tls
