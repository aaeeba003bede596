// A registry over HTTP: GET of any path, as op-node's does.
#pragma once

#include "opwire/metrics/registry.hpp"
#include "opwire/net/http/server.hpp"

namespace opwire::metrics {

inline constexpr std::uint16_t kDefaultPort = 7300;

/// The registry outlives the server, which is closed before it is destroyed. Errors: net kListen.
Result<std::unique_ptr<http::Server>> serve_metrics(Loop& loop, const Registry& registry,
                                                    const net::Endpoint& endpoint);
http::Response answer_scrape(const Registry& registry, const http::Request& request);

}  // namespace opwire::metrics
