#include "opwire/discv5/table.hpp"

#include <algorithm>
#include <numeric>

#include "opwire/base/check.hpp"
#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/subnet.hpp"

namespace opwire::discv5 {
namespace {

constexpr unsigned kNearest = 240;
/// Five silences in a row are the end of anybody: 81, 27, 9, 3, 1.
constexpr std::uint32_t kMaxCredit = 81;

using State = TableNode::State;

std::size_t bucket_index(const NodeId& local, const NodeId& id) noexcept {
  return std::max(log_distance(local, id), kNearest) - kNearest;
}

std::size_t count_of_subnet(const TableBucket& bucket, const net::Endpoint& endpoint, const TableNode* but) noexcept {
  const auto counts = [&](const TableNode& node) { return &node != but && share_subnet(node.endpoint, endpoint); };
  return static_cast<std::size_t>(std::ranges::count_if(bucket.nodes, counts) +
                                  std::ranges::count_if(bucket.waiting, counts));
}

void erase(std::vector<TableNode>& from, const TableNode& node) {
  from.erase(from.begin() + (&node - from.data()));
}

}  // namespace

Table::Table(const NodeId& local, const TableOptions& options, Rng& rng)
    : local_(local), options_(options), rng_(rng) {}

TableBucket& Table::bucket_of(const NodeId& id) noexcept {
  return buckets_[bucket_index(local_, id)];
}

const TableBucket& Table::bucket_of(const NodeId& id) const noexcept {
  return buckets_[bucket_index(local_, id)];
}

bool Table::subnet_has_share(const TableBucket& bucket, const net::Endpoint& endpoint,
                             const TableNode* but) const noexcept {
  if (!share_subnet(endpoint, endpoint)) return false;  // of those that are not counted
  if (count_of_subnet(bucket, endpoint, but) >= options_.subnet_in_bucket) return true;
  const auto add = [&](std::size_t sum, const TableBucket& each) { return sum + count_of_subnet(each, endpoint, but); };
  return std::accumulate(buckets_.begin(), buckets_.end(), std::size_t{0}, add) >= options_.subnet_in_table;
}

Table::Added Table::add(const Contact& contact, TimePoint now) {
  OPW_CHECK(contact.record);
  if (contact.id == local_) return Added::kRefused;
  TableBucket& bucket = bucket_of(contact.id);
  if (TableNode* known = bucket.find_node(contact.id)) return update(bucket, *known, contact, now);
  if (TableNode* known = bucket.find_waiting(contact.id)) return update(bucket, *known, contact, now);
  if (subnet_has_share(bucket, contact.endpoint, nullptr)) return Added::kRefused;

  TableNode node{.record = contact.record, .endpoint = contact.endpoint, .due = now};
  if (bucket.nodes.size() < options_.bucket_size) {
    bucket.nodes.push_back(std::move(node));
    next_check_time_.reset();
    return Added::kNew;
  }
  if (options_.replacements == 0) return Added::kRefused;
  if (bucket.waiting.size() >= options_.replacements) bucket.waiting.erase(bucket.waiting.begin());
  bucket.waiting.push_back(std::move(node));
  return Added::kReplacement;
}

Table::Added Table::update(const TableBucket& bucket, TableNode& known, const Contact& contact, TimePoint now) {
  if (contact.record->seq() <= known.record->seq()) return Added::kKnown;
  if (contact.endpoint == known.endpoint) {
    known.record = contact.record;
    return Added::kUpdated;
  }
  if (subnet_has_share(bucket, contact.endpoint, &known)) return Added::kRefused;
  known = TableNode{.record = contact.record, .endpoint = contact.endpoint, .due = now};
  next_check_time_.reset();
  return Added::kUpdated;
}

void Table::on_answer(const NodeId& id, const net::Endpoint& from, TimePoint now) {
  TableNode* node = bucket_of(id).find_node(id);
  if (!node || node->endpoint != from) return;
  node->credit = std::min(node->credit + 1, kMaxCredit);
  node->state = State::kLive;
  node->due = now + options_.check_live;
  next_check_time_.reset();
}

void Table::on_silence(const NodeId& id, TimePoint now) {
  TableNode* node = bucket_of(id).find_node(id);
  if (node) node->credit /= 3;
  if (!node || node->credit == 0) return remove(id);
  // Not at once: its network, or ours, may be away for some seconds.
  node->state = State::kDoubted;
  node->due = now + options_.check_live;
  next_check_time_.reset();
}

void Table::remove(const NodeId& id) {
  TableBucket& bucket = bucket_of(id);
  if (const TableNode* node = bucket.find_waiting(id)) erase(bucket.waiting, *node);
  if (const TableNode* node = bucket.find_node(id)) drop(bucket, *node);
}

void Table::drop(TableBucket& bucket, const TableNode& node) {
  erase(bucket.nodes, node);
  next_check_time_.reset();
  if (bucket.waiting.empty()) return;
  // By chance: nobody knows how to be the next.
  const auto next = bucket.waiting.begin() + static_cast<std::ptrdiff_t>(rng_.below(bucket.waiting.size()));
  bucket.nodes.push_back(std::move(*next));
  bucket.waiting.erase(next);
}

std::size_t Table::size() const noexcept {
  const auto add = [](std::size_t sum, const TableBucket& bucket) { return sum + bucket.nodes.size(); };
  return std::accumulate(buckets_.begin(), buckets_.end(), std::size_t{0}, add);
}

std::size_t Table::live() const noexcept {
  const auto add = [](std::size_t sum, const TableBucket& bucket) {
    return sum + static_cast<std::size_t>(std::ranges::count_if(bucket.nodes, &TableNode::is_live));
  };
  return std::accumulate(buckets_.begin(), buckets_.end(), std::size_t{0}, add);
}

std::size_t Table::replacements() const noexcept {
  const auto add = [](std::size_t sum, const TableBucket& bucket) { return sum + bucket.waiting.size(); };
  return std::accumulate(buckets_.begin(), buckets_.end(), std::size_t{0}, add);
}

}  // namespace opwire::discv5
