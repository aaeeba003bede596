// One tree, entry by entry: what to ask next, and what an answer tells. Bytes and a time in, names out.
#pragma once

#include <optional>
#include <set>

#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/dns_tree/tree.hpp"

namespace opwire::dns_tree {

/// A root is asked for again after this long, as geth does; a failure doubles the wait, up to this.
inline constexpr Duration kRecheck = std::chrono::minutes(30);
inline constexpr Duration kFirstRetry = std::chrono::seconds(10);
/// When more entries than these are gone, the tree was probably changed, and its root is asked for earlier.
inline constexpr unsigned kMaxGone = 5;
inline constexpr Duration kEarlyRecheck = std::chrono::minutes(1);
/// Branches below the root: with two children each that is enough for all that we look at.
inline constexpr unsigned kMaxDepth = 17;
/// An entry that nobody answers for is asked for so often.
inline constexpr unsigned kMaxTries = 3;
/// Trees that we look at, and so links of one tree.
inline constexpr std::size_t kMaxTrees = 32;

/// Half of a tree, its records or its links. An entry is visited once, whatever refers to it.
class Subtree {
 public:
  struct Pending {
    EntryHash hash;
    std::uint8_t depth = 0;
    std::uint8_t tries = 0;
  };

  void begin(const EntryHash& root);
  bool is_of(const EntryHash& root) const noexcept { return root_ == root; }
  bool done() const noexcept { return pending_.empty(); }
  /// Whether some entry was given up because nobody answered.
  bool incomplete() const noexcept { return incomplete_; }
  std::size_t size() const noexcept { return seen_.size(); }

  /// One of those that are pending, by chance; it stays pending until it is taken.
  const EntryHash& choose(Rng& rng);
  Pending take_chosen();
  /// False when it is given up.
  bool retry_chosen();
  /// room: how many new ones may be remembered. Errors: kTooDeep, kTooManyEntries.
  Result<void> add(const Branch& children, unsigned depth, std::size_t room);

 private:
  std::optional<EntryHash> root_;
  std::vector<Pending> pending_;
  std::size_t chosen_ = 0;
  std::set<EntryHash> seen_;  // ordered: whoever makes a tree could choose what a hash table stumbles over
  bool incomplete_ = false;
};

/// Links come first, then records in an order of chance. When all records were seen they are gone through once more,
/// but not before kRecheck has passed.
class TreeWalk {
 public:
  explicit TreeWalk(Link link) : link_(std::move(link)) {}

  const Link& link() const noexcept { return link_; }
  bool has_question(TimePoint now) const noexcept { return now >= next_check_ || has_pending(); }
  /// When it has one again at the latest.
  TimePoint next_check() const noexcept { return next_check_; }

  /// The name whose TXT records are wanted, where it has a question. Answered by one of the next two, or asked anew.
  std::string question(TimePoint now, Rng& rng);
  /// The record that was found, or null. room: how many more entries may be remembered. Errors: any in errors.hpp, and
  /// those of records. The walk goes on all the same.
  Result<discv5::RecordPtr> on_texts(std::span<const std::string> texts, TimePoint now, std::size_t room);
  void on_no_answer(TimePoint now);

  /// Of the newest root whose links were all seen.
  const std::vector<Link>& links() const noexcept { return links_; }
  /// Entries that are remembered.
  std::size_t size() const noexcept { return link_entries_.size() + record_entries_.size(); }
  std::optional<std::uint64_t> seq() const noexcept { return root_ ? std::optional(root_->seq) : std::nullopt; }

 private:
  enum class Asked : unsigned char { kRoot, kLinkEntry, kRecordEntry };

  bool has_pending() const noexcept { return !link_entries_.done() || !record_entries_.done(); }
  Subtree& asked_subtree() noexcept { return asked_ == Asked::kLinkEntry ? link_entries_ : record_entries_; }
  Result<void> on_root(std::span<const std::string> texts, TimePoint now);
  void on_root_failure(TimePoint now);
  Result<discv5::RecordPtr> on_entry(std::span<const std::string> texts, std::size_t room);
  Result<void> add_link(Link link);
  void after_entry(bool is_gone);

  Link link_;
  std::optional<Root> root_;
  Asked asked_ = Asked::kRoot;
  TimePoint checked_{};
  TimePoint next_check_{};
  TimePoint records_begun_{};
  unsigned root_failures_ = 0;
  unsigned gone_ = 0;  // entries, since the root was checked
  Subtree link_entries_;
  Subtree record_entries_;
  std::vector<Link> links_so_far_;
  std::vector<Link> links_;
};

}  // namespace opwire::dns_tree
