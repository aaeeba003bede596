#include "opwire/metrics/metrics_server.hpp"

namespace opwire::metrics {
namespace {

Task<http::Response> done(http::Response response) {
  co_return response;
}

}  // namespace

http::Response answer_scrape(const Registry& registry, const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return http::Response::text(405, "method not allowed");
  return http::Response(200, registry.text(), "text/plain; version=0.0.4; charset=utf-8");
}

Result<std::unique_ptr<http::Server>> serve_metrics(Loop& loop, const Registry& registry,
                                                    const net::Endpoint& endpoint) {
  http::ServerOptions options;
  options.endpoint = endpoint;
  options.max_connections = 16;
  options.max_body = 0;
  const http::Handlers handlers([&registry](const http::Request& request, const http::PeerInfo&) {
    return done(answer_scrape(registry, request));
  });
  return http::Server::make(loop, options, handlers);
}

}  // namespace opwire::metrics
