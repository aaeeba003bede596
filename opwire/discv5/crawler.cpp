#include "opwire/discv5/crawler.hpp"

#include <utility>

namespace opwire::discv5 {
namespace {

/// A node answers with sixteen records at most. Its farthest buckets, which are full in a large network, are asked for
/// one by one, the others together; 0 is its own record, which may be newer.
constexpr std::pair<std::uint16_t, std::uint16_t> kGroups[] = {{256, 256}, {255, 255}, {254, 254}, {253, 253},
                                                               {252, 251}, {250, 248}, {247, 240}, {239, 200}};

std::vector<std::uint16_t> distances_of(std::pair<std::uint16_t, std::uint16_t> group) {
  std::vector<std::uint16_t> distances;
  if (group.first == kGroups[0].first) distances.push_back(0);
  for (std::uint16_t distance = group.first; distance >= group.second; --distance) distances.push_back(distance);
  return distances;
}

}  // namespace

Crawler::Crawler(Loop& loop, Service& service, IpFamilies families, const CrawlOptions& options)
    : loop_(loop), service_(service), families_(families), options_(options), changed_(loop), scope_(loop) {}

void Crawler::stop() {
  stopped_ = true;
  changed_.notify_all();
}

void Crawler::hear(const RecordPtr& record) {
  const auto known = nodes_.find(record->id());
  if (known != nodes_.end()) {
    if (known->second.record && known->second.record->seq() >= record->seq()) return;
    known->second.record = record;
    return;
  }
  if (nodes_.size() >= options_.max_nodes || record->id() == service_.local_record().id()) return;
  auto contact = contact_of(record, families_);
  CrawledNode& node = nodes_[record->id()];
  node.record = record;
  if (!contact) return;
  node.endpoint = contact->endpoint;
  if (visited_.contains(record->id())) return;  // a seed without a record: this is its own
  queue_.push_back(std::move(*contact));
  changed_.notify_all();
}

Task<void> Crawler::run(std::vector<Contact> seeds) {
  for (Contact& seed : seeds) {
    if (seed.record) {
      hear(seed.record);
    } else {
      queue_.push_back(std::move(seed));
    }
  }
  for (const Contact& node : service_.protocol().table().all()) hear(node.record);
  for (std::size_t i = 0; i < options_.workers; ++i) scope_.spawn(work());
  while (!stopped_ && loop_.now() < options_.deadline && (busy_ > 0 || !queue_.empty())) {
    const Wake wake = co_await changed_.wait_until(options_.deadline);
    if (wake == Wake::kCancelled) break;
  }
  stop();
  co_await scope_.join();
}

Task<void> Crawler::work() {
  while (!stopped_) {
    if (queue_.empty()) {
      const bool notified = co_await changed_.wait();
      if (!notified) co_return;
      continue;
    }
    Contact node = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    co_await visit(std::move(node));
    --busy_;
    changed_.notify_all();
  }
}

Task<void> Crawler::visit(Contact node) {
  ++asked_;
  visited_.insert(node.id);
  if (const auto known = nodes_.find(node.id); known != nodes_.end()) known->second.asked = true;
  const Result<Pong> greeting = co_await service_.ping(node);  // takes a handshake, mostly
  if (!greeting) co_return;
  ++answered_;
  const TimePoint begun = loop_.now();
  const Result<Pong> pong = co_await service_.ping(node);
  const std::optional<Duration> answer_time = pong ? std::optional(loop_.now() - begun) : std::nullopt;
  co_await ask_for_all(node);
  const auto known = nodes_.find(node.id);
  if (known == nodes_.end()) co_return;
  known->second.answered = true;
  known->second.answer_time = answer_time;
}

Task<void> Crawler::ask_for_all(Contact node) {
  std::size_t named = 0;
  for (const auto& group : kGroups) {
    if (stopped_) break;
    std::vector<std::uint16_t> distances = distances_of(group);
    const Result<std::vector<RecordPtr>> records = co_await service_.find_node(node, std::move(distances));
    if (!records) break;
    for (const RecordPtr& record : *records) {
      hear(record);
      if (record->id() != node.id) ++named;
    }
  }
  const auto known = nodes_.find(node.id);
  if (known == nodes_.end()) co_return;
  known->second.asked = true;
  known->second.named = named;
}

}  // namespace opwire::discv5
