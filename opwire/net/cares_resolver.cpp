#include "opwire/net/cares_resolver.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "opwire/net/cares_channel.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::net {
namespace {

constexpr std::size_t kMaxAnswers = 256;
constexpr int kClassIn = 1;
constexpr int kTypeTxt = 16;

Error error_of(int status) {
  if (status == ARES_ETIMEOUT) return Error(opwire::errors::kTimeout, "DNS");
  if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return opwire::errors::kClosed;
  return Error(errors::kResolve, ares_strerror(status));
}

Result<std::vector<Bytes>> read_addresses(int status, const ares_addrinfo* info) {
  if (status != ARES_SUCCESS) return error_of(status);
  std::vector<Bytes> found;
  for (const ares_addrinfo_node* node = info->nodes; node != nullptr && found.size() < kMaxAnswers;
       node = node->ai_next) {
    if (node->ai_family == AF_INET) {
      const auto* at = reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<sockaddr_in*>(node->ai_addr)->sin_addr);
      found.emplace_back(at, at + 4);
    } else if (node->ai_family == AF_INET6) {
      const auto& at = reinterpret_cast<sockaddr_in6*>(node->ai_addr)->sin6_addr.s6_addr;
      found.emplace_back(std::begin(at), std::end(at));
    }
  }
  if (found.empty()) return errors::kResolve;
  return found;
}

// A record's text comes in pieces of up to 255 bytes.
Result<std::vector<std::string>> read_texts(int status, const std::uint8_t* answer, int size) {
  if (status != ARES_SUCCESS) return error_of(status);
  ares_txt_ext* list = nullptr;
  if (const int parsed = ares_parse_txt_reply_ext(answer, size, &list); parsed != ARES_SUCCESS) return error_of(parsed);
  std::vector<std::string> found;
  for (const ares_txt_ext* piece = list; piece != nullptr; piece = piece->next) {
    if (piece->record_start != 0 && found.size() == kMaxAnswers) break;
    if (piece->record_start != 0) found.emplace_back();
    if (!found.empty()) found.back().append(reinterpret_cast<const char*>(piece->txt), piece->length);
  }
  ares_free_data(list);
  if (found.empty()) return errors::kResolve;
  return found;
}

// Shared by the one who waits and by c-ares, which answers once in any case.
template <class T>
struct Question {
  explicit Question(Loop& loop) : answered(loop) {}
  void answer(Result<T> result) {
    outcome.emplace(std::move(result));
    answered.notify_all();
  }
  Event answered;
  std::optional<Result<T>> outcome;
};
template <class T>
using QuestionPtr = std::shared_ptr<Question<T>>;

template <class T>
Task<Result<T>> wait_for(QuestionPtr<T> question, TimePoint deadline) {
  while (!question->outcome) {
    const Wake wake = co_await question->answered.wait_until(deadline);
    if (wake == Wake::kCancelled) co_return opwire::errors::kCancelled;
    if (wake == Wake::kTimeout) co_return Error(opwire::errors::kTimeout, "DNS");
  }
  co_return std::move(*question->outcome);
}

// What c-ares carries around for us.
template <class T, class Channel>
struct Ticket {
  Channel& channel;
  QuestionPtr<T> question;
};

bool is_sane(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name.find('\0') == std::string::npos;
}

}  // namespace

CaresResolver::CaresResolver(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
CaresResolver::~CaresResolver() = default;

Result<std::unique_ptr<CaresResolver>> CaresResolver::make(Loop& loop, const DnsOptions& options) {
  auto channel = std::make_unique<Channel>(loop, options);
  OPW_TRYV(channel->open());
  return std::unique_ptr<CaresResolver>(new CaresResolver(std::move(channel)));
}

Task<Result<std::vector<Bytes>>> CaresResolver::addresses(std::string name, IpFamily family, TimePoint deadline) {
  using MyTicket = Ticket<std::vector<Bytes>, Channel>;
  if (!is_sane(name)) co_return Error(errors::kResolve, "not a name");
  if (!channel_->begin()) co_return Error(opwire::errors::kLimit, "DNS questions");
  auto question = std::make_shared<Question<std::vector<Bytes>>>(channel_->loop());
  ares_addrinfo_hints hints{};
  hints.ai_family = family == IpFamily::kV6 ? AF_INET6 : AF_INET;
  ares_getaddrinfo(
      channel_->handle(), name.c_str(), nullptr, &hints,
      [](void* argument, int status, int, ares_addrinfo* info) {
        const std::unique_ptr<MyTicket> ticket(static_cast<MyTicket*>(argument));
        ticket->channel.end();
        ticket->question->answer(read_addresses(status, info));
        ares_freeaddrinfo(info);
      },
      new MyTicket{*channel_, question});
  channel_->arm_timer();
  co_return co_await wait_for(std::move(question), deadline);
}

Task<Result<std::vector<std::string>>> CaresResolver::texts(std::string name, TimePoint deadline) {
  using MyTicket = Ticket<std::vector<std::string>, Channel>;
  if (!is_sane(name)) co_return Error(errors::kResolve, "not a name");
  if (!channel_->begin()) co_return Error(opwire::errors::kLimit, "DNS questions");
  auto question = std::make_shared<Question<std::vector<std::string>>>(channel_->loop());
  ares_query(
      channel_->handle(), name.c_str(), kClassIn, kTypeTxt,
      [](void* argument, int status, int, unsigned char* answer, int size) {
        const std::unique_ptr<MyTicket> ticket(static_cast<MyTicket*>(argument));
        ticket->channel.end();
        ticket->question->answer(read_texts(status, answer, size));
      },
      new MyTicket{*channel_, question});
  channel_->arm_timer();
  co_return co_await wait_for(std::move(question), deadline);
}

}  // namespace opwire::net
