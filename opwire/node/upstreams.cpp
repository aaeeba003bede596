#include "opwire/node/upstreams.hpp"

#include <algorithm>
#include <utility>

#include "opwire/codec/quantity.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/opstack/l1/config_update.hpp"
#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/l1_header.hpp"
#include "opwire/rpc/make_caller.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"upstreams"};

/// Providers of L1 speak TLS 1.2 still.
Result<std::shared_ptr<tls::Context>> usual_tls() {
  tls::Options options(tls::Side::kClient);
  options.oldest = tls::Version::kTls12;
  return tls::Context::make(std::move(options));
}

}  // namespace

Upstreams::Upstreams(Loop& loop, Rng& rng, const Config& config)
    : loop_(loop), rng_(rng), config_(config), tasks_(loop) {}

Result<std::unique_ptr<Upstreams>, std::string> Upstreams::make(Loop& loop, Rng& rng, const Config& config) {
  std::unique_ptr<Upstreams> made(new Upstreams(loop, rng, config));
  OPW_TRYV(made->make_callers());
  return made;
}

Result<void, std::string> Upstreams::make_callers() {
  if (config_.driver && config_.driver->engine) {
    OPW_TRY(engine_, make_caller("--l2", *config_.driver->engine, config_.driver->engine->jwt));
  }
  if (config_.driver && config_.driver->follow) {
    OPW_TRY(followed_, make_caller("--l2.follow.source", *config_.driver->follow));
  }
  if (config_.l1) {
    OPW_TRY(l1_, make_caller("--l1", *config_.l1));
  }
  if (config_.remote_signer) {
    OPW_TRY(rpc::Caller* const caller, make_caller("--signer.endpoint", *config_.remote_signer));
    opstack::RemoteSignerOptions options(config_.rollup.l2_chain_id, config_.remote_signer->address);
    options.timeout = config_.remote_signer->timeout;
    signer_.emplace(loop_, *caller, options);
  }
  return {};
}

Result<rpc::Caller*, std::string> Upstreams::make_caller(const char* flag, const ServerConfig& server,
                                                         const std::optional<rpc::Jwt>& jwt) {
  rpc::CallerOptions options;
  options.jwt = jwt;
  options.tls = server.tls;
  options.headers = server.headers;
  if (server.url.is_tls() && !options.tls) {
    auto context = usual_tls();
    if (!context) return flag + (": " + context.error().message());
    options.tls = std::move(*context);
  }
  OPW_TRY(net::Resolver* const names, resolver());
  auto caller = rpc::make_caller(loop_, server.url, names, rng_, options);
  if (!caller) return flag + (" " + server.url.to_string()) + ": " + caller.error().message();
  return callers_.emplace_back(std::move(*caller)).get();
}

Result<net::Resolver*, std::string> Upstreams::resolver() {
  if (resolver_) return resolver_.get();
  auto made = net::CaresResolver::make(loop_);
  if (!made) return "DNS: " + made.error().message();
  resolver_ = std::move(*made);
  return resolver_.get();
}

Task<Result<void, std::string>> Upstreams::start(Uses uses) {
  if (signer_) {
    const auto healthy = co_await signer_->probe();
    if (!healthy)
      co_return "--signer.endpoint " + config_.remote_signer->url.to_string() + ": " + healthy.error().message();
  }
  if (tasks_.cancelled()) co_return std::string("closed while the remote signer was asked");
  if (l1_ != nullptr) watch_l1(std::move(uses.on_signer));
  if (followed_ != nullptr) follow(std::move(uses));
  co_return Result<void, std::string>();
}

void Upstreams::watch_l1(opstack::SignerWatch::OnSigner on_signer) {
  opstack::SignerWatchOptions options;
  options.read.l1_chain = config_.rollup.l1_chain_id;
  options.read.system_config = config_.rollup.l1_system_config_address;
  options.read.confirmations = config_.l1->confirmations;
  options.read.trust_rpc = config_.l1->trust_rpc;
  options.read.timeout = config_.l1->timeout;
  options.registry = config_.unsafe_block_signer;
  options.reload_interval = config_.l1->reload_interval;
  watch_.emplace(loop_, *l1_, options, std::move(on_signer));
  tasks_.spawn(watch_->run());
  tasks_.spawn(subscribe_to_l1());
}

Task<void> Upstreams::subscribe_to_l1() {
  rpc::Caller::Sink sink = [this](const boost::json::value& log) { watch_->on_log(log); };
  std::string params = opstack::signer_update_subscription(config_.rollup.l1_system_config_address);
  return subscribe_patiently(loop_, *l1_, std::move(params), std::move(sink), config_.l1->timeout);
}

Task<void> subscribe_patiently(Loop& loop, rpc::Caller& caller, std::string params, rpc::Caller::Sink sink,
                               Duration timeout) {
  bool refused = false;
  Duration pause = kSubscribeAgain;
  while (true) {
    const auto reply = co_await caller.subscribe(params, sink, loop.now() + timeout);
    if (!reply && reply.error().is(rpc::errors::kNoSubscriptions)) co_return;
    if (reply && !reply->failure) {
      if (refused) kLog.info("L1 takes the subscription now");
      co_return;
    }
    if (reply && !std::exchange(refused, true)) {
      kLog.warn("L1 takes no subscription: until it does, a new block signer is seen at the next reload",
                {{"error", reply->failure->message}});
    }
    const bool slept = co_await sleep_for(loop, pause);
    if (!slept) co_return;
    pause = std::min(2 * pause, kLongestSubscribePause);
  }
}

void Upstreams::follow(Uses uses) {
  opstack::FollowOptions options;
  options.interval = std::chrono::seconds(config_.rollup.block_time);
  options.timeout = config_.driver->follow->timeout;
  opstack::FollowSource::BlockLookup l1;
  if (l1_ != nullptr) l1 = [this](BlockNumber number) { return l1_block(number); };
  follow_.emplace(loop_, *followed_, options, std::move(uses.own_block), std::move(l1), std::move(uses.on_followed));
  tasks_.spawn(follow_->run());
}

Task<Result<std::optional<Hash256>>> Upstreams::l1_block(BlockNumber number) {
  const std::string params = "[\"" + codec::to_quantity(number.value) + "\",false]";
  const TimePoint deadline = loop_.now() + config_.l1->timeout;
  OPW_CO_TRY(const rpc::Reply reply, co_await l1_->call("eth_getBlockByNumber", params, deadline));
  if (reply.failure) co_return opstack::errors::kL1Refused;
  if (reply.result.is_null()) co_return std::optional<Hash256>();
  OPW_CO_TRY(const opstack::L1Header header, opstack::parse_l1_header(reply.result));
  co_return std::optional<Hash256>(header.hash);
}

Task<void> Upstreams::close() {
  tasks_.cancel();
  for (const auto& caller : callers_) co_await caller->close();
  co_await tasks_.join();
}

}  // namespace opwire::node
