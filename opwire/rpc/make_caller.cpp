#include "opwire/rpc/make_caller.hpp"

#include "opwire/rpc/http_caller.hpp"
#include "opwire/rpc/websocket_caller.hpp"

namespace opwire::rpc {

Result<std::unique_ptr<Caller>> make_caller(Loop& loop, const http::Url& url, net::Resolver* resolver, Rng& rng,
                                            const CallerOptions& options) {
  if (url.scheme == http::Url::Scheme::kWs || url.scheme == http::Url::Scheme::kWss) {
    OPW_TRY(std::unique_ptr<Caller> caller, WebSocketCaller::make(loop, url, resolver, rng, options));
    return caller;
  }
  OPW_TRY(std::unique_ptr<Caller> caller, HttpCaller::make(loop, url, resolver, rng, options));
  return caller;
}

}  // namespace opwire::rpc
