#include "cli/top_data.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace opwire::cli {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& value, std::string_view name) {
  const json::object* const fields = value.if_object();
  return fields == nullptr ? nullptr : fields->if_contains(name);
}

double real(const json::value& value, std::string_view name) {
  const json::value* const found = member(value, name);
  if (found == nullptr) return 0;
  if (const auto* const number = found->if_int64()) return static_cast<double>(*number);
  if (const auto* const number = found->if_uint64()) return static_cast<double>(*number);
  const double* const number = found->if_double();
  return number == nullptr ? 0 : *number;
}

std::uint64_t count(const json::value& value, std::string_view name) {
  const json::value* const found = member(value, name);
  if (found == nullptr) return 0;
  if (const auto* const number = found->if_int64()) return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  const auto* const number = found->if_uint64();
  return number == nullptr ? 0 : *number;
}

std::string text(const json::value& value, std::string_view name) {
  const json::value* const found = member(value, name);
  const json::string* const string = found == nullptr ? nullptr : found->if_string();
  return string == nullptr ? std::string() : std::string(*string);
}

bool flag(const json::value& value, std::string_view name) {
  const json::value* const found = member(value, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

/// Null where there is no such object.
const json::value* object(const json::value& value, std::string_view name) {
  const json::value* const found = member(value, name);
  return found != nullptr && found->is_object() ? found : nullptr;
}

std::optional<TopHead> head(const json::value* value) {
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return TopHead{count(*value, "number"), count(*value, "timestamp")};
}

/// Of the feed's form, "2024-05-01T12:00:00.123456Z".
std::optional<WallTime> parse_time(const std::string& time) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  const int read =
      std::sscanf(time.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%6uZ", &year, &month, &day, &hour, &minute, &second, &micros);
  if (read != 7 || year < 1970 || year > 2200) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::microseconds(micros);
}

TopBlock read_block(const json::value& line) {
  TopBlock block;
  block.number = count(line, "number");
  block.timestamp = count(line, "timestamp");
  block.hash = text(line, "hash");
  block.from = text(line, "from");
  block.bytes = count(line, "bytes");
  block.checked_us = count(line, "validated_us");
  const auto received = parse_time(text(line, "received_at"));
  constexpr std::uint64_t kLatest = 7'000'000'000;  // seconds that a count of nanoseconds has room for
  if (received && block.timestamp < kLatest) block.late = *received - from_unix_seconds(block.timestamp);
  return block;
}

TopPeer read_peer(const json::value& value) {
  TopPeer peer;
  peer.id = text(value, "peerID");
  peer.agent = text(value, "userAgent");
  peer.direction = count(value, "direction");
  peer.latency_ns = real(value, "latency");
  peer.gossips = flag(value, "gossipBlocks");
  if (const json::value* const scores = object(value, "scores")) {
    if (const json::value* const gossip = object(*scores, "gossip")) peer.score = real(*gossip, "total");
  }
  const json::value* const addresses = member(value, "addresses");
  const json::array* const all = addresses == nullptr ? nullptr : addresses->if_array();
  if (all != nullptr && !all->empty() && all->front().is_string()) {
    peer.address = std::string(all->front().get_string());
    peer.address.erase(std::min(peer.address.find("/p2p/"), peer.address.size()));
  }
  return peer;
}

void read_topics(const TopAnswers& answers, TopData& data) {
  const json::value* const mesh = object(answers.status, "mesh");
  if (mesh == nullptr) return;
  // op-node's names of the topics, in the order in which they sort.
  static constexpr std::array kNames{"blocksTopic", "blocksTopicV2", "blocksTopicV3", "blocksTopicV4"};
  for (const auto& [name, ignored] : mesh->get_object()) {
    if (data.topics.size() == kNames.size()) return;
    data.topics.push_back({std::string(name), count(*mesh, name), count(answers.stats, kNames[data.topics.size()])});
  }
}

void read_status(const json::value& status, TopData& data) {
  data.version = text(status, "version");
  data.chain = text(status, "chain");
  data.chain_id = count(status, "chainId");
  data.peer_id = text(status, "peerId");
  data.gossiped = head(member(status, "lastBlock"));
  if (const json::value* const heads = object(status, "heads")) {
    data.head = head(member(*heads, "unsafe"));
    data.safe = head(member(*heads, "safe"));
    data.finalized = head(member(*heads, "finalized"));
  }
  if (const json::value* const sync = object(status, "sync")) {
    data.sync = TopSync{count(*sync, "wanted"), count(*sync, "proved"), count(*sync, "peers"), count(*sync, "seconds")};
  }
  if (const json::value* const found = object(status, "discovery")) {
    data.discovery = TopDiscovery{count(*found, "table"), count(*found, "live"), count(*found, "candidates")};
  }
  if (const json::value* const blocks = object(status, "blocks")) {
    data.accepted = count(*blocks, "accepted");
    data.rejected = count(*blocks, "rejected");
    data.ignored = count(*blocks, "ignored");
    data.throttled = count(*blocks, "throttled");
  }
  data.equivocations = count(status, "equivocations");
  if (const json::value* const clock = object(status, "clock")) {
    data.clock = text(*clock, "state");
    const json::value* const skew = member(*clock, "skewMs");
    if (skew != nullptr && skew->is_number()) data.skew_ms = real(*clock, "skewMs");
  }
}

}  // namespace

TopData read_top(const TopAnswers& answers) {
  TopData data;
  read_status(answers.status, data);
  read_topics(answers, data);
  data.connected = count(answers.stats, "connected");
  data.known = count(answers.stats, "known");
  data.banned = count(answers.stats, "banned");
  if (const json::value* const peers = object(answers.peers, "peers")) {
    for (const auto& [id, peer] : peers->get_object()) data.peers.push_back(read_peer(peer));
  }
  std::ranges::sort(data.peers, [](const TopPeer& a, const TopPeer& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  if (const json::array* const blocks = answers.blocks.if_array()) {
    for (const json::value& line : *blocks) data.blocks.push_back(read_block(line));
  }
  return data;
}

}  // namespace opwire::cli
