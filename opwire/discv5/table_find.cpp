// What the table tells of its nodes.
#include <algorithm>
#include <bitset>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {
namespace {

/// n of them, each set of n as likely as any other.
void choose(std::vector<RecordPtr>& from, std::size_t n, Rng& rng) {
  if (from.size() <= n) return;
  for (std::size_t i = 0; i < n; ++i) std::swap(from[i], from[i + rng.below(from.size() - i)]);
  from.resize(n);
}

}  // namespace

std::vector<Contact> Table::closest(const NodeId& target, std::size_t n, bool only_live) const {
  std::vector<const TableNode*> nodes;
  for (const TableBucket& bucket : buckets_) {
    for (const TableNode& node : bucket.nodes) {
      if (node.is_live() || !only_live) nodes.push_back(&node);
    }
  }
  n = std::min(n, nodes.size());
  std::partial_sort(
      nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(n), nodes.end(),
      [&](const TableNode* a, const TableNode* b) { return is_closer(target, a->record->id(), b->record->id()); });
  std::vector<Contact> contacts;
  contacts.reserve(n);
  for (std::size_t i = 0; i < n; ++i) contacts.push_back(nodes[i]->contact());
  return contacts;
}

std::vector<RecordPtr> Table::at_distances(std::span<const std::uint16_t> distances, std::size_t n, ByteView asker_ip) {
  std::bitset<8 * NodeId::kSize + 1> wanted;
  for (const std::uint16_t distance : distances) {
    if (distance < wanted.size()) wanted.set(distance);
  }
  std::vector<RecordPtr> records;
  for (const TableBucket& bucket : buckets_) {
    for (const TableNode& node : bucket.nodes) {
      if (node.is_live() && wanted.test(log_distance(local_, node.record->id())) &&
          may_relay(asker_ip, node.endpoint.ip()))
        records.push_back(node.record);
    }
  }
  choose(records, n, rng_);
  return records;
}

std::vector<Contact> Table::all() const {
  std::vector<Contact> contacts;
  contacts.reserve(size());
  for (const TableBucket& bucket : buckets_) {
    for (const TableNode& node : bucket.nodes) contacts.push_back(node.contact());
  }
  return contacts;
}

RecordPtr Table::find(const NodeId& id) const {
  const TableBucket& bucket = bucket_of(id);
  for (const auto* nodes : {&bucket.nodes, &bucket.waiting}) {
    for (const TableNode& node : *nodes) {
      if (node.record->id() == id) return node.record;
    }
  }
  return nullptr;
}

}  // namespace opwire::discv5
