#include "opwire/rpc/http_caller.hpp"

#include "opwire/rpc/call_text.hpp"

namespace opwire::rpc {
namespace {

Result<Reply> read_response(const http::Response& response, std::uint64_t id) {
  if (response.status == 401 || response.status == 403) return errors::kUnauthorized;
  auto answer = parse_answer(response.body);
  const bool failed = answer && answer->reply.failure;
  if (response.status != 200 && !failed) return Error(errors::kHttpStatus, http::reason_of(response.status).data());
  if (!answer) return answer.error();
  // Where the server could not read the call it does not know the id.
  if (answer->id != id && !(failed && !answer->id)) return Error(errors::kNotAnswer, "to another call");
  return std::move(answer->reply);
}

}  // namespace

Result<std::unique_ptr<HttpCaller>> HttpCaller::make(Loop& loop, const http::Url& url, net::Resolver* resolver,
                                                     Rng& rng, const CallerOptions& options) {
  http::ClientOptions limits;
  limits.max_body = options.max_answer;
  limits.max_connections = options.max_connections;
  limits.max_waiting = options.max_calls;
  limits.tls = options.tls;
  OPW_TRY(auto client, http::Client::make(loop, url, resolver, rng, limits));
  return std::make_unique<HttpCaller>(loop, std::move(client), options);
}

HttpCaller::HttpCaller(Loop& loop, std::unique_ptr<http::Client> client, const CallerOptions& options)
    : loop_(loop), client_(std::move(client)), headers_(options.headers), jwt_(options.jwt) {}

Task<Result<Reply>> HttpCaller::call(std::string method, std::string params, TimePoint deadline) {
  const std::uint64_t id = next_id_++;
  http::Request request("POST", client_->url().target, to_call_text(id, method, std::move(params)));
  request.headers = headers_;
  request.headers.set("Content-Type", "application/json");
  if (jwt_) request.headers.set("Authorization", jwt_->bearer(loop_.wall_now()));
  OPW_CO_TRY(const http::Response response, co_await client_->request(std::move(request), deadline));
  co_return read_response(response, id);
}

}  // namespace opwire::rpc
