#include "opwire/rpc/subscriptions.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "opwire/base/check.hpp"
#include "opwire/rpc/codes.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::rpc {
namespace {

// What an entry of the queue costs beside its text.
constexpr std::size_t kEntryCost = 128;

std::string id_text(std::uint64_t id) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id, 16);
  return "0x" + std::string(digits.data(), end.ptr);
}

std::optional<std::uint64_t> parse_id(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), id, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

Channel::~Channel() {
  OPW_CHECK(subscribers_.empty());
}

void Channel::publish(std::string result) {
  if (subscribers_.empty()) return;
  const auto shared = std::make_shared<const std::string>(std::move(result));
  for (const Subscriber& subscriber : subscribers_) subscriber.set->on_news(subscriber.id, shared);
}

SubscriptionSet::SubscriptionSet(const SubscriptionLimits& limits, std::function<void()> on_news)
    : limits_(limits), on_news_(std::move(on_news)) {}

SubscriptionSet::~SubscriptionSet() {
  for (const auto& [id, subscription] : subscriptions_) leave(*subscription.channel, this, id);
}

void SubscriptionSet::leave(Channel& channel, const SubscriptionSet* set, std::uint64_t id) {
  std::erase_if(channel.subscribers_, [&](const Channel::Subscriber& one) { return one.set == set && one.id == id; });
}

Result<std::string, Failure> SubscriptionSet::add(Channel& channel) {
  if (subscriptions_.size() >= limits_.max_subscriptions) return failed("too many subscriptions");
  const std::uint64_t id = ++last_id_;
  subscriptions_[id].channel = &channel;
  channel.subscribers_.push_back({this, id});
  return id_text(id);
}

void SubscriptionSet::activate() {
  for (auto& [id, subscription] : subscriptions_) subscription.active = true;
}

bool SubscriptionSet::remove(std::string_view id) {
  const auto number = parse_id(id);
  const auto found = number ? subscriptions_.find(*number) : subscriptions_.end();
  if (found == subscriptions_.end()) return false;
  leave(*found->second.channel, this, found->first);
  subscriptions_.erase(found);
  return true;
}

void SubscriptionSet::on_news(std::uint64_t id, const std::shared_ptr<const std::string>& result) {
  Subscription& subscription = subscriptions_.at(id);
  if (!subscription.active) return;
  const std::size_t cost = result->size() + kEntryCost;
  if (!queue_.empty() && queued_bytes_ + cost > limits_.max_queued) {
    ++subscription.left_out;
    return;
  }
  queue_.push_back({id, result, std::exchange(subscription.left_out, 0)});
  queued_bytes_ += cost;
  on_news_();
}

std::string SubscriptionSet::next() {
  while (!queue_.empty()) {
    const News news = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= news.result->size() + kEntryCost;
    if (!subscriptions_.contains(news.id)) continue;
    std::string text = R"({"jsonrpc":"2.0","method":"opwire_subscription","params":{"subscription":")";
    text.reserve(text.size() + news.result->size() + 64);
    text.append(id_text(news.id)).append("\"");
    if (news.left_out > 0) text.append(R"(,"leftOut":)").append(std::to_string(news.left_out));
    return text.append(R"(,"result":)").append(*news.result).append("}}");
  }
  return {};
}

namespace {

MethodAnswer subscribe(const ChannelChoice& choose, const boost::json::array& params, const Context& context) {
  if (context.subscriptions == nullptr) return failed("notifications not supported");
  OPW_TRY(Channel * channel, choose(params));
  OPW_TRY(const std::string id, context.subscriptions->add(*channel));
  return "\"" + id + "\"";
}

MethodAnswer unsubscribe(const boost::json::array& params, const Context& context) {
  if (context.subscriptions == nullptr) return failed("notifications not supported");
  OPW_TRYV(check_count(params, 1, 1));
  OPW_TRY(const std::string_view id, text_param(params, 0));
  if (!context.subscriptions->remove(id)) return failed("subscription not found");
  return std::string("true");
}

// As tasks of what was found at once.
Task<MethodAnswer> done(MethodAnswer answer) {
  co_return answer;
}

}  // namespace

void add_subscription_methods(MethodTable& methods, ChannelChoice choose) {
  methods.add("opwire_subscribe",
              [choose = std::move(choose)](const boost::json::array& params, const Context& context) {
                return done(subscribe(choose, params, context));
              });
  methods.add("opwire_unsubscribe", [](const boost::json::array& params, const Context& context) {
    return done(unsubscribe(params, context));
  });
}

}  // namespace opwire::rpc
