// One search for the nodes nearest to a target: whom to ask next, and when it is over. Kademlia's, with the nodes that
// do not answer costing as little time as may be.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

class Lookup {
 public:
  static constexpr std::size_t kResults = 16;

  /// self is never asked.
  Lookup(const NodeId& target, const NodeId& self) : target_(target), self_(self) {}

  /// A node to begin with, or that was named by one who was asked. Of one /24 (IPv6: /48) two are taken: whoever has
  /// thousands of ids there, and names them all, does not get a lookup for itself.
  void add(const Contact& node, unsigned hops = 0);
  /// The next one to ask; nothing for now, while enough are being asked or none is left.
  std::optional<Contact> next(TimePoint now);
  /// What came of it. Those that it named are added.
  void on_answer(const NodeId& from, const std::vector<Contact>& named);
  void on_silence(const NodeId& from);

  /// Nobody is being asked, and none is left that should be.
  bool done() const noexcept;
  /// When next() may give more although nobody has answered; TimePoint::max() when it will not.
  TimePoint next_wake(TimePoint now) const noexcept;

  /// Those that answered, nearest first.
  std::vector<RecordPtr> results() const;
  /// Steps from those it began with to the nearest of the results.
  unsigned hops() const noexcept;
  std::size_t asked() const noexcept { return asked_; }

  /// Log distances to ask a node for, so that it names those near the target: its own to the target, and those beside
  /// it.
  static std::vector<std::uint16_t> distances(const NodeId& target, const NodeId& asked);
  const NodeId& target() const noexcept { return target_; }

 private:
  enum class State : std::uint8_t { kKnown, kAsked, kAnswered };
  struct Candidate {
    Contact node;
    unsigned hops = 0;
    State state = State::kKnown;
    TimePoint asked_at{};
  };

  std::size_t place_of(const NodeId& id) const noexcept;
  bool subnet_has_share(const net::Endpoint& endpoint) const noexcept;
  Candidate* find(const NodeId& id) noexcept;
  /// Being asked, and not for so long that it will hardly answer.
  std::size_t hopeful(TimePoint now) const noexcept;

  NodeId target_;
  NodeId self_;
  std::vector<Candidate> candidates_;  // nearest first
  std::unordered_set<NodeId> seen_;    // those that were silent too: they are not asked again
  std::size_t asked_ = 0;
};

}  // namespace opwire::discv5
