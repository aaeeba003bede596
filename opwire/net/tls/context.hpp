// What the connections of one client or server have in common: who is trusted, who we are, which versions.
//
// Files are PEM. They are read when the context is made, and again at the first handshake after one of them has
// changed (time, size or inode). A set that cannot be used is named in a warning, once, and the former one goes on: a
// certificate that was replaced before its key is no outage. Reading is a few kilobytes on the caller's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"

namespace opwire::tls {

enum class Side : unsigned char { kClient, kServer };
enum class Version : unsigned char { kTls12, kTls13 };

struct Options {
  explicit Options(Side which) : side(which) {}

  Side side;
  /// Authorities that the other side's certificate must come from. Empty: a client takes the system's, a server asks
  /// for no certificate.
  std::string ca_file;
  std::string certificate_file;  ///< ours with what leads to its authority; a client may have none
  std::string key_file;
  Version oldest = Version::kTls13;
  std::vector<std::string> alpn;  ///< the best first; empty: not spoken of. A client goes on if the server has no view
};

struct ContextState;  // inside

class Context {
 public:
  /// Errors: kBadAuthorities, kBadCertificateFile, kBadKeyFile, kKeyMismatch.
  static Result<std::shared_ptr<Context>> make(Options options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Side side() const noexcept;

  ContextState& state() noexcept { return *state_; }

 private:
  explicit Context(std::unique_ptr<ContextState> state);
  std::unique_ptr<ContextState> state_;
};

}  // namespace opwire::tls
