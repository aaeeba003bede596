// Trees that link to one another: what to ask next, and what an answer tells. Bytes and a time in, names out.
#pragma once

#include <map>
#include <optional>

#include "opwire/dns_tree/walk.hpp"

namespace opwire::dns_tree {

/// Trees that one may begin with.
inline constexpr std::size_t kMaxLinks = 16;
/// Entries that are remembered, of all trees together. What is beyond is left out.
inline constexpr std::size_t kMaxEntries = 100'000;

class Forest {
 public:
  struct Counts {
    std::uint64_t records = 0;
    std::uint64_t no_answers = 0;
    /// What did not hold and was passed over, by the names of errors.hpp and of those of records.
    std::map<std::string_view, std::uint64_t> failures;
  };

  /// Errors: kTooManyTrees, kLinkKey.
  static Result<Forest> make(std::vector<Link> links);

  bool has_question(TimePoint now) const noexcept;
  /// When it has one again at the latest.
  TimePoint next_check() const noexcept;

  /// The name whose TXT records are wanted, of a tree that chance chooses. None where has_question() is false. Answered
  /// by one of the next two, or asked anew.
  std::optional<std::string> question(TimePoint now, Rng& rng);
  /// The record that was found, or null.
  discv5::RecordPtr on_texts(std::span<const std::string> texts, TimePoint now);
  void on_no_answer(TimePoint now);

  /// By domain: those that it began with, and those that they link to, directly or not.
  const std::map<std::string, TreeWalk>& trees() const noexcept { return trees_; }
  /// Entries that are remembered.
  std::size_t size() const noexcept;
  const Counts& counts() const noexcept { return counts_; }

 private:
  explicit Forest(std::vector<Link> links) : first_(std::move(links)) {}
  /// Takes in what is linked to, and forgets what no longer is. What is nearer to the beginning comes first.
  void follow_links();
  void count(const Error& error) { ++counts_.failures[error.name()]; }

  std::vector<Link> first_;
  std::map<std::string, TreeWalk> trees_;
  std::string asked_;  // domain; empty: none
  Counts counts_;
};

}  // namespace opwire::dns_tree
