// JSON-RPC over HTTP/1.1: each call is one POST to the URL's target, on kept connections.
#pragma once

#include <memory>

#include "opwire/net/http/client.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/rpc/caller_options.hpp"

namespace opwire::rpc {

/// A call is never sent twice once the server may have seen it (net/http/client.hpp). A JSON-RPC error is the reply
/// whatever the HTTP status, except that 401 and 403 are kUnauthorized.
class HttpCaller final : public Caller {
 public:
  /// Errors: of http::Client::make.
  static Result<std::unique_ptr<HttpCaller>> make(Loop& loop, const http::Url& url, net::Resolver* resolver, Rng& rng,
                                                  const CallerOptions& options = {});
  /// The client's limits are its own.
  HttpCaller(Loop& loop, std::unique_ptr<http::Client> client, const CallerOptions& options = {});

  Task<Result<Reply>> call(std::string method, std::string params, TimePoint deadline) override;
  Task<void> close() override { return client_->close(); }

 private:
  Loop& loop_;
  std::unique_ptr<http::Client> client_;
  const http::Headers headers_;
  std::optional<Jwt> jwt_;
  std::uint64_t next_id_ = 1;
};

}  // namespace opwire::rpc
