#include "opwire/discv5/responder.hpp"

#include <algorithm>

#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::discv5 {
namespace {

// With headers, tag and the largest request id, a NODES message of that many bytes of records is 1,280 bytes at most.
constexpr std::size_t kRecordBytes = 1150;
constexpr std::size_t kIpv6Network = 8;  // bytes: a host has all of its /64

/// Whom an address's share belongs to.
net::Endpoint host_of(const net::Endpoint& endpoint) {
  net::Endpoint host = endpoint;
  host.port = 0;
  if (host.is_v6) std::fill(host.address.begin() + kIpv6Network, host.address.end(), std::uint8_t{0});
  return host;
}

}  // namespace

Responder::Responder(const LocalRecord& own, Table& table, const Limits& limits)
    : own_(own), table_(table), limits_(limits) {}

void Responder::set_talk_handler(std::string protocol, TalkHandler handler) {
  talk_handlers_[std::move(protocol)] = std::move(handler);
}

bool Responder::admit(const net::Endpoint& to, TimePoint now) {
  if (multiformats::is_loopback_ip(to.ip())) return true;
  std::optional<TokenBucket>& rate = rates_[host_of(to)];
  if (!rate) rate.emplace(limits_.answers_per_second, 2 * limits_.answers_per_second);
  return rate->try_take(now);
}

std::vector<Message> Responder::answer(const Peer& from, const Message& request) {
  if (const auto* ping = std::get_if<Ping>(&request)) return {pong(from, *ping)};
  if (const auto* find = std::get_if<FindNode>(&request)) return nodes(from, *find);
  if (const auto* talk_request = std::get_if<TalkRequest>(&request)) return {talk(from, *talk_request)};
  return {};
}

Message Responder::pong(const Peer& from, const Ping& ping) const {
  return Pong{ping.id, own_.record().seq(), to_bytes(from.at.ip()), from.at.port};
}

std::vector<Message> Responder::nodes(const Peer& from, const FindNode& request) {
  std::vector<RecordPtr> records;
  if (std::ranges::find(request.distances, 0) != request.distances.end()) records.push_back(own_.shared());
  for (RecordPtr& record : table_.at_distances(request.distances, kMaxNodesRecords - records.size(), from.at.ip())) {
    records.push_back(std::move(record));
  }
  std::vector<Nodes> messages(1);
  std::size_t used = 0;
  for (const RecordPtr& record : records) {
    const ByteView encoded = record->encoded();
    if (used + encoded.size() > kRecordBytes) {
      messages.emplace_back();
      used = 0;
    }
    messages.back().records.push_back(to_bytes(encoded));
    used += encoded.size();
  }
  std::vector<Message> answer;
  for (Nodes& message : messages) {
    message.id = request.id;
    message.total = static_cast<std::uint8_t>(messages.size());
    answer.emplace_back(std::move(message));
  }
  return answer;
}

Message Responder::talk(const Peer& from, const TalkRequest& request) const {
  const auto handler = talk_handlers_.find(as_text(request.protocol));
  if (handler == talk_handlers_.end()) return TalkResponse{request.id, {}};
  Bytes message = handler->second(from, request.message);
  if (message.size() > kMaxTalk) message.clear();
  return TalkResponse{request.id, std::move(message)};
}

}  // namespace opwire::discv5
