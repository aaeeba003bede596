// Looking for nodes in DNS: some more records whenever they are wanted, never a whole tree at once.
//
//   OPW_CO_TRY(auto client, dns_tree::TreeClient::make(loop, rng, resolver, links));
//   OPW_CO_TRY(auto records, co_await client->next(16, loop.now() + std::chrono::seconds(10)));
#pragma once

#include <memory>

#include "opwire/base/token_bucket.hpp"
#include "opwire/dns_tree/forest.hpp"
#include "opwire/net/dns.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::dns_tree {

/// Questions a second, as geth.
inline constexpr double kQuestionRate = 3;
/// For the answer to one question.
inline constexpr Duration kQuestionPatience = std::chrono::seconds(5);

class TreeClient {
 public:
  /// loop, rng and resolver outlive it. At most 16 links. Errors: kTooManyTrees, kLinkKey.
  static Result<std::unique_ptr<TreeClient>> make(Loop& loop, Rng& rng, net::Resolver& resolver,
                                                  std::vector<Link> links);

  /// Up to max records, of any chain; each comes once until its tree's root is checked again, after half an hour. Fewer
  /// when the deadline comes or nothing is left: then next_check() says when it is worth asking again. What does not
  /// hold is passed over and counted. One call at a time. Errors: kCancelled.
  Task<Result<std::vector<discv5::RecordPtr>>> next(std::size_t max, TimePoint deadline);

  TimePoint next_check() const noexcept { return forest_.next_check(); }
  const Forest& forest() const noexcept { return forest_; }

 private:
  TreeClient(Loop& loop, Rng& rng, net::Resolver& resolver, Forest forest)
      : loop_(loop), rng_(rng), resolver_(resolver), forest_(std::move(forest)) {}

  Loop& loop_;
  Rng& rng_;
  net::Resolver& resolver_;
  Forest forest_;
  TokenBucket questions_{kQuestionRate, kQuestionRate};
  bool busy_ = false;
};

}  // namespace opwire::dns_tree
