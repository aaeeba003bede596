// Which node is to be checked next, and when.
#include <algorithm>

#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {
namespace {

/// After that a check that nobody reported on is as if it had not been.
constexpr Duration kPatience = std::chrono::seconds(30);

}  // namespace

TimePoint Table::next_check_time() const {
  if (next_check_time_) return *next_check_time_;
  TimePoint unproven = TimePoint::max(), live = TimePoint::max();
  for (const TableBucket& bucket : buckets_) {
    for (const TableNode& node : bucket.nodes) {
      TimePoint& earliest = node.is_unproven() ? unproven : live;
      earliest = std::min(earliest, node.due);
    }
  }
  next_check_time_ = std::min(std::max(unproven, next_check_new_), std::max(live, next_check_live_));
  return *next_check_time_;
}

std::optional<Contact> Table::next_check(TimePoint now) {
  if (now < next_check_time()) return std::nullopt;
  TableNode* node = now >= next_check_new_ ? any_unproven(now) : nullptr;
  if (node) {
    next_check_new_ = now + options_.check_new;
  } else if (node = now >= next_check_live_ ? longest_unchecked(now) : nullptr; node) {
    next_check_live_ = now + options_.check_live;
  }
  if (!node) return std::nullopt;
  node->due = now + kPatience;
  next_check_time_.reset();
  return node->contact();
}

TableNode* Table::any_unproven(TimePoint now) {
  std::vector<TableNode*> due;
  for (TableBucket& bucket : buckets_) {
    for (TableNode& node : bucket.nodes) {
      if (node.is_unproven() && node.due <= now) due.push_back(&node);
    }
  }
  return due.empty() ? nullptr : due[rng_.below(due.size())];
}

TableNode* Table::longest_unchecked(TimePoint now) noexcept {
  TableNode* first = nullptr;
  for (TableBucket& bucket : buckets_) {
    for (TableNode& node : bucket.nodes) {
      if (node.is_unproven() || node.due > now) continue;
      if (!first || node.due < first->due) first = &node;
    }
  }
  return first;
}

}  // namespace opwire::discv5
