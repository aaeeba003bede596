#include "cli/node_rpc.hpp"

#include "cli/command.hpp"
#include "cli/printable.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::cli {
namespace {

constexpr auto kCallLimit = std::chrono::seconds(10);
constexpr std::size_t kMaxAnswer = 16 * 1024 * 1024;
constexpr std::int64_t kNoSuchMethod = -32601;

Task<int> ask_and_close(Loop& loop, rpc::Caller& caller, std::string url,
                        const std::function<Task<int>(NodeRpc&)>& action) {
  NodeRpc node(loop, caller, std::move(url));
  const int code = co_await action(node);
  co_await caller.close();
  co_return code;
}

}  // namespace

void add_node_rpc(CLI::App& app, NodeRpcOptions& options, const std::string& help) {
  app.add_option("--rpc", options.url, help)->type_name("URL")->capture_default_str();
  app.add_option("--jwt-secret", options.jwt_secret, "File that the node's --rpc.jwt-secret names")->type_name("FILE");
}

Task<Result<boost::json::value, std::string>> NodeRpc::ask(std::string method, std::string params) {
  const std::string name = method;
  auto reply = co_await caller_.call(std::move(method), std::move(params), loop_.now() + kCallLimit);
  if (!reply) {
    co_return "no node answers at " + url_ + ": " + printable(reply.error().message()) +
        "; is `opwire run` running, and are those its --rpc.addr, --rpc.port and --rpc.jwt-secret?";
  }
  if (reply->failure && reply->failure->code == kNoSuchMethod) {
    co_return url_ + " does not know " + name + ": it is no opwire node, or an older one";
  }
  if (reply->failure) co_return url_ + ": " + name + ": " + printable(reply->failure->message);
  co_return std::move(reply->result);
}

int with_node_rpc(const NodeRpcOptions& options, const std::function<Task<int>(NodeRpc&)>& action) {
  const auto url = http::parse_url(options.url);
  if (!url) return fail(kUsage, "--rpc: '" + printable(options.url) + "': " + url.error().message());
  rpc::CallerOptions limits;
  limits.max_answer = kMaxAnswer;
  if (!options.jwt_secret.empty()) {
    const auto jwt = rpc::read_jwt_file(options.jwt_secret);
    if (!jwt) return fail(kUsage, "--jwt-secret: " + jwt.error());
    limits.jwt = *jwt;
  }
  ReactorLoop loop;
  SystemRng rng;
  const auto resolver = net::CaresResolver::make(loop);
  if (!resolver) return fail(kFailed, "DNS: " + resolver.error().message());
  const auto caller = rpc::make_caller(loop, *url, resolver->get(), rng, limits);
  if (!caller) return fail(kUsage, "--rpc: " + caller.error().message());
  return loop.run(ask_and_close(loop, **caller, url->to_string(), action));
}

}  // namespace opwire::cli
