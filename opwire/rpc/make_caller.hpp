#pragma once

#include <memory>

#include "opwire/net/dns.hpp"
#include "opwire/net/http/url.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/rpc/caller_options.hpp"

namespace opwire::rpc {

/// HttpCaller or WebSocketCaller, as the scheme says. resolver may be null when the host is an address or localhost.
/// Nothing is asked of the server yet. Errors: http::errors::kNoTls, net::errors::kResolve when a resolver is missing.
Result<std::unique_ptr<Caller>> make_caller(Loop& loop, const http::Url& url, net::Resolver* resolver, Rng& rng,
                                            const CallerOptions& options = {});

}  // namespace opwire::rpc
