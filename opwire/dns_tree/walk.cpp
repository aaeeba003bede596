#include "opwire/dns_tree/walk.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/dns_tree/errors.hpp"

namespace opwire::dns_tree {

void Subtree::begin(const EntryHash& root) {
  root_ = root;
  pending_.assign(1, Pending{root});
  seen_ = {root};
  incomplete_ = false;
}

const EntryHash& Subtree::choose(Rng& rng) {
  OPW_CHECK(!pending_.empty());
  chosen_ = rng.below(pending_.size());
  return pending_[chosen_].hash;
}

Subtree::Pending Subtree::take_chosen() {
  OPW_CHECK(chosen_ < pending_.size());
  std::swap(pending_[chosen_], pending_.back());
  const Pending taken = pending_.back();
  pending_.pop_back();
  return taken;
}

bool Subtree::retry_chosen() {
  OPW_CHECK(chosen_ < pending_.size());
  if (++pending_[chosen_].tries < kMaxTries) return true;
  (void)take_chosen();
  incomplete_ = true;
  return false;
}

Result<void> Subtree::add(const Branch& children, unsigned depth, std::size_t room) {
  if (depth > kMaxDepth) return errors::kTooDeep;
  for (const EntryHash& child : children) {
    if (seen_.contains(child)) continue;
    if (room == 0) return errors::kTooManyEntries;
    --room;
    seen_.insert(child);
    pending_.push_back({child, static_cast<std::uint8_t>(depth), 0});
  }
  return {};
}

std::string TreeWalk::question(TimePoint now, Rng& rng) {
  if (now >= next_check_) {
    asked_ = Asked::kRoot;
    return link_.domain();
  }
  asked_ = link_entries_.done() ? Asked::kRecordEntry : Asked::kLinkEntry;
  return to_text(asked_subtree().choose(rng)) + "." + link_.domain();
}

Result<discv5::RecordPtr> TreeWalk::on_texts(std::span<const std::string> texts, TimePoint now, std::size_t room) {
  if (asked_ == Asked::kRoot) {
    auto taken = on_root(texts, now);
    if (taken) return discv5::RecordPtr();
    on_root_failure(now);
    return std::move(taken).error();
  }
  auto found = on_entry(texts, room);
  after_entry(!found && found.error().is(errors::kEntryHash));
  return found;
}

void TreeWalk::on_no_answer(TimePoint now) {
  if (asked_ == Asked::kRoot) return on_root_failure(now);
  if (!asked_subtree().retry_chosen()) after_entry(true);
}

Result<void> TreeWalk::on_root(std::span<const std::string> texts, TimePoint now) {
  OPW_TRY(const Root root, find_root(texts, link_.public_key()));
  if (root_ && root != *root_ && root.seq <= root_->seq) return errors::kOldRoot;
  root_ = root;
  root_failures_ = gone_ = 0;
  checked_ = now;
  next_check_ = now + kRecheck;
  const bool links_are_known = link_entries_.is_of(root.links) && !link_entries_.incomplete();
  if (!links_are_known) {
    link_entries_.begin(root.links);
    links_so_far_.clear();
  }
  const bool once_more = record_entries_.done() && now >= records_begun_ + kRecheck;
  if (!record_entries_.is_of(root.records) || once_more) {
    record_entries_.begin(root.records);
    records_begun_ = now;
  }
  return {};
}

void TreeWalk::on_root_failure(TimePoint now) {
  constexpr unsigned kDoublings = 8;  // beyond kRecheck
  checked_ = now;
  next_check_ = now + std::min(kRecheck, kFirstRetry * (1U << std::min(root_failures_, kDoublings)));
  ++root_failures_;
}

Result<discv5::RecordPtr> TreeWalk::on_entry(std::span<const std::string> texts, std::size_t room) {
  Subtree& subtree = asked_subtree();
  const Subtree::Pending asked = subtree.take_chosen();
  OPW_TRY(Entry entry, find_entry(texts, asked.hash));
  if (const auto* branch = std::get_if<Branch>(&entry)) {
    OPW_TRYV(subtree.add(*branch, asked.depth + 1U, room));
    return discv5::RecordPtr();
  }
  if (auto* link = std::get_if<Link>(&entry)) {
    OPW_TRYV(add_link(std::move(*link)));
    return discv5::RecordPtr();
  }
  if (asked_ != Asked::kRecordEntry) return errors::kMisplaced;
  return std::get<discv5::RecordPtr>(std::move(entry));
}

Result<void> TreeWalk::add_link(Link link) {
  if (asked_ != Asked::kLinkEntry) return errors::kMisplaced;
  if (links_so_far_.size() == kMaxTrees) return errors::kTooManyTrees;
  links_so_far_.push_back(std::move(link));
  return {};
}

void TreeWalk::after_entry(bool is_gone) {
  if (is_gone && ++gone_ > kMaxGone) next_check_ = std::min(next_check_, checked_ + kEarlyRecheck);
  if (asked_ != Asked::kLinkEntry || !link_entries_.done()) return;
  // What was not answered for may be a link that we had.
  if (!link_entries_.incomplete()) links_.clear();
  for (Link& link : links_so_far_) {
    if (links_.size() < kMaxTrees && std::ranges::find(links_, link) == links_.end()) links_.push_back(std::move(link));
  }
  links_so_far_.clear();
}

}  // namespace opwire::dns_tree
