// Which message reached whom, and when; and which ones ought to have.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "opwire/sim/node.hpp"

namespace opwire::sim {

/// How long before and after a message a node must have run, without a break, to count as one that stays: it has then
/// found its peers before, and had time to hear of the message by gossip afterwards.
inline constexpr auto kStays = std::chrono::seconds(10);

struct Miss {
  std::size_t message;
  std::size_t node;
  TimePoint published;
};

struct DeliverySummary {
  std::size_t messages = 0;   ///< whose publisher stayed
  std::size_t expected = 0;   ///< one for each of those messages and each other node that stayed and could be reached
  std::size_t delivered = 0;  ///< of these
  std::size_t in_all = 0;     ///< deliveries of any message to any node
  Duration p50{}, p99{}, max{};
  std::vector<Miss> misses;

  bool complete() const noexcept { return delivered == expected; }
};

class DeliveryLog {
 public:
  explicit DeliveryLog(std::size_t nodes) : nodes_(nodes) {}

  /// Messages are numbered in the order in which they are published. publisher: a node, or nothing when somebody else
  /// sent it, who counts as one that stays.
  std::size_t on_published(std::optional<std::size_t> publisher, TimePoint now);
  /// Again, after a restart: the first time counts.
  void on_delivered(std::size_t message, std::size_t node, TimePoint now);
  /// Nodes below first_half and the others cannot reach each other from now on. As with one that was away, they owe
  /// each other only what is published kStays after that has ended, or before it began.
  void on_split(std::size_t first_half, TimePoint now) { splits_.push_back({first_half, {now}}); }
  void on_healed(TimePoint now);
  std::size_t size() const noexcept { return messages_.size(); }

  /// Of messages published at least kStays before the end.
  DeliverySummary summarise(const std::vector<std::unique_ptr<Node>>& nodes, TimePoint end) const;

 private:
  static constexpr Duration kNever = Duration::max();
  struct Entry {
    std::optional<std::size_t> publisher;
    TimePoint published;
    std::vector<Duration> delays;  // by node
  };

  struct Split {
    std::size_t first_half;
    Uptime stood;
  };
  bool were_apart(std::size_t a, std::size_t b, TimePoint from, TimePoint to) const;

  std::size_t nodes_;
  std::vector<Split> splits_;
  std::vector<Entry> messages_;
};

}  // namespace opwire::sim
