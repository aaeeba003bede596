// URLs of servers (RFC 3986, the part that http and ws use).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opwire/base/result.hpp"

namespace opwire::http {

struct Url {
  enum class Scheme : unsigned char { kHttp, kHttps, kWs, kWss };
  Url() = default;

  Scheme scheme = Scheme::kHttp;
  std::string user_info;     ///< before the @, as written; empty: none
  std::string host;          ///< lower case; an IPv6 address stands without brackets
  std::uint16_t port = 80;   ///< the scheme's own (80, 443) where the URL names none
  std::string target = "/";  ///< path and query as they go into a request line; the fragment is dropped

  bool is_tls() const noexcept { return scheme == Scheme::kHttps || scheme == Scheme::kWss; }
  /// What the Host header says: the port only where it is not the scheme's own.
  std::string authority() const;
  /// Without the user info, which may be a secret: fit for logs.
  std::string to_string() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// At most 2,048 bytes, printable ASCII. Errors: kBadUrl.
Result<Url> parse_url(std::string_view text);

}  // namespace opwire::http
