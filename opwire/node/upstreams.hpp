// The servers that a node leans on: an execution engine, L1 for the block signer, a node that derives the chain, a
// remote signer. What it calls them with, and the tasks that keep asking.
#pragma once

#include <memory>
#include <vector>

#include "opwire/net/dns.hpp"
#include "opwire/node/config.hpp"
#include "opwire/opstack/follow/follow_source.hpp"
#include "opwire/opstack/l1/signer_watch.hpp"
#include "opwire/opstack/signer/remote_signer.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

inline constexpr Duration kSubscribeAgain = std::chrono::minutes(1);
inline constexpr Duration kLongestSubscribePause = std::chrono::minutes(10);
/// Until L1 takes the subscription: a provider that refuses it, or is away, is asked again after kSubscribeAgain, then
/// after twice the time. A refusal is logged once. Over plain HTTP there are no subscriptions: it ends at once.
Task<void> subscribe_patiently(Loop& loop, rpc::Caller& caller, std::string params, rpc::Caller::Sink sink,
                               Duration timeout);

class Upstreams {
 public:
  /// Nothing is asked yet. config outlives it. Errors: a line for the user.
  static Result<std::unique_ptr<Upstreams>, std::string> make(Loop& loop, Rng& rng, const Config& config);

  /// What the answers are for.
  struct Uses {
    opstack::SignerWatch::OnSigner on_signer;
    opstack::FollowSource::BlockLookup own_block;
    opstack::FollowSource::OnFollowed on_followed;
  };
  /// Asks the remote signer whether it is well, and begins to follow. Once. Errors: a line for the user.
  Task<Result<void, std::string>> start(Uses uses);

  /// Null where the configuration has none.
  rpc::Caller* engine() noexcept { return engine_; }
  opstack::BlockSigner* signer() noexcept { return signer_ ? &*signer_ : nullptr; }
  const opstack::SignerWatch* signer_watch() const noexcept { return watch_ ? &*watch_ : nullptr; }

  Task<void> close();

 private:
  Upstreams(Loop& loop, Rng& rng, const Config& config);
  Result<void, std::string> make_callers();
  Result<rpc::Caller*, std::string> make_caller(const char* flag, const ServerConfig& server,
                                                const std::optional<rpc::Jwt>& jwt = {});
  Result<net::Resolver*, std::string> resolver();
  void watch_l1(opstack::SignerWatch::OnSigner on_signer);
  Task<void> subscribe_to_l1();
  void follow(Uses uses);
  Task<Result<std::optional<Hash256>>> l1_block(BlockNumber number);

  Loop& loop_;
  Rng& rng_;
  const Config& config_;
  std::unique_ptr<net::Resolver> resolver_;  // made when a caller is
  std::vector<std::unique_ptr<rpc::Caller>> callers_;
  rpc::Caller* engine_ = nullptr;
  rpc::Caller* l1_ = nullptr;
  rpc::Caller* followed_ = nullptr;
  std::optional<opstack::RemoteSigner> signer_;
  std::optional<opstack::SignerWatch> watch_;
  std::optional<opstack::FollowSource> follow_;
  Scope tasks_;
};

}  // namespace opwire::node
