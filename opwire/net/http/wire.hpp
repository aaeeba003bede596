// Heads of messages as bytes; bodies follow as they are, of announced length.
#pragma once

#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/net/http/message.hpp"

namespace opwire::http {

/// Method, target and fields as the caller gave them, Host and Content-Length where they are missing. Errors:
/// kBadRequest when something would not be read as it was meant (a line end in a value).
Result<std::string> encode_request_head(const Request& request, std::string_view host);

struct ResponseTraits {
  bool keep_alive = true;
  bool http_1_0 = false;  ///< the request's version: keeping the connection must be said then
  WallTime now;
};
/// Content-Length, Connection and Date are ours. A response that cannot be written becomes a plain 500: its body is
/// changed then.
std::string encode_response_head(Response& response, const ResponseTraits& traits);

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(WallTime time);

}  // namespace opwire::http
