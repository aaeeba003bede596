// What a Context holds. Private to this library.
#pragma once

#include <openssl/ssl.h>

#include <array>

#include "opwire/base/bytes.hpp"
#include "opwire/net/tls/context.hpp"

namespace opwire::tls {

template <auto kFree>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using SslCtxPtr = std::unique_ptr<SSL_CTX, OpenSslFree<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree<&SSL_free>>;

/// What tells that a file has changed.
struct FileStamp {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::int64_t size = -1;  ///< -1: no file
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

struct ContextState {
  using Stamps = std::array<FileStamp, 3>;

  explicit ContextState(Options chosen);
  Stamps look() const;
  /// For a new connection: what the files say now.
  SSL_CTX* current();

  Options options;
  Bytes alpn_wire;  // as in the hello
  Stamps stamps{};
  SslCtxPtr ctx;
};

}  // namespace opwire::tls
