// Whom an HTTP server of a local node answers: by the name that it was called by, and by the page that asks. Both keep
// web pages out, which a browser would let ask a server on its own machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/net/http/message.hpp"
#include "opwire/rpc/jwt.hpp"

namespace opwire::rpc {

struct AccessOptions {
  AccessOptions() = default;
  /// Names that a request's Host may have, "*" for any. IP addresses and no Host at all always pass.
  std::vector<std::string> vhosts{"localhost"};
  /// Origins of web pages that may ask and read, "*" for any.
  std::vector<std::string> cors;
  /// Who has the secret may ask, with a token in each request's Authorization header. None: everybody may.
  std::optional<Jwt> jwt;
};

bool is_known_host(const AccessOptions& options, const http::Request& request);
/// No page asks, or one that may.
bool is_known_origin(const AccessOptions& options, const http::Request& request);
/// Nothing where the request may be answered; the error is what a 401 says.
Result<void, std::string> authorize(const AccessOptions& options, const http::Request& request, WallTime now);
/// The answer to a page's question whether it may ask (CORS preflight).
bool is_preflight(const http::Request& request);
http::Response answer_preflight(const AccessOptions& options, const http::Request& request);
/// Lets the page that asked read the answer, where it may.
void allow_origin(const AccessOptions& options, const http::Request& request, http::Response& response);

}  // namespace opwire::rpc
