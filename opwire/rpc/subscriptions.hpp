// What a WebSocket's client is told without asking again: opwire_subscribe and what follows it.
//
//   -> {"method":"opwire_subscribe","params":["unsafeBlocks"],...}      <- result "0x1"
//   <- {"jsonrpc":"2.0","method":"opwire_subscription","params":{"subscription":"0x1","result":...}}
//
// A client that reads slowly has a queue, bounded in bytes. What does not fit is left out, and the next notification of
// that subscription says how much was: {"subscription":"0x1","leftOut":12,"result":...}.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "opwire/rpc/method_table.hpp"

namespace opwire::rpc {

/// The news of one kind. On the loop. Outlives the servers whose clients subscribe to it.
class Channel {
 public:
  Channel() = default;
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Whether publish() would reach anybody: the text need not be made otherwise.
  bool has_subscribers() const noexcept { return !subscribers_.empty(); }
  std::size_t subscribers() const noexcept { return subscribers_.size(); }
  /// The text of a JSON value; all subscribers share it.
  void publish(std::string result);

 private:
  friend class SubscriptionSet;
  struct Subscriber {
    SubscriptionSet* set;
    std::uint64_t id;
  };
  std::vector<Subscriber> subscribers_;
};

struct SubscriptionLimits {
  SubscriptionLimits() = default;
  std::size_t max_subscriptions = 16;        ///< of one WebSocket
  std::size_t max_queued = 4 * 1024 * 1024;  ///< bytes of one WebSocket; a longer notification goes alone
};

/// The subscriptions of one WebSocket.
class SubscriptionSet {
 public:
  /// on_news: there is something for next() again. It must not call back.
  SubscriptionSet(const SubscriptionLimits& limits, std::function<void()> on_news);
  ~SubscriptionSet();
  SubscriptionSet(const SubscriptionSet&) = delete;
  SubscriptionSet& operator=(const SubscriptionSet&) = delete;

  /// The subscription's id. News are queued from activate() on, so that none comes before its client knows the id.
  Result<std::string, Failure> add(Channel& channel);
  /// Those that were added before have been told to their client.
  void activate();
  /// False: there is none of that id.
  bool remove(std::string_view id);

  /// The text of the next notification; empty: none waits.
  std::string next();
  std::size_t size() const noexcept { return subscriptions_.size(); }
  std::size_t queued_bytes() const noexcept { return queued_bytes_; }

 private:
  friend class Channel;
  struct Subscription {
    Channel* channel = nullptr;
    bool active = false;
    std::uint64_t left_out = 0;
  };
  struct News {
    std::uint64_t id;
    std::shared_ptr<const std::string> result;
    std::uint64_t left_out;
  };
  void on_news(std::uint64_t id, const std::shared_ptr<const std::string>& result);
  static void leave(Channel& channel, const SubscriptionSet* set, std::uint64_t id);

  const SubscriptionLimits limits_;
  std::function<void()> on_news_;
  std::map<std::uint64_t, Subscription> subscriptions_;
  std::uint64_t last_id_ = 0;
  std::deque<News> queue_;
  std::size_t queued_bytes_ = 0;
};

/// Chooses the channel that the parameters name. Errors: kInvalidParams.
using ChannelChoice = std::function<Result<Channel*, Failure>(const boost::json::array& params)>;
/// opwire_subscribe and opwire_unsubscribe.
void add_subscription_methods(MethodTable& methods, ChannelChoice choose);

}  // namespace opwire::rpc
