// What others see as our address: each PONG tells it. The majority decides.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

struct VoteOptions {
  VoteOptions() = default;
  /// Voters that must agree. geth's rule is ten hosts; networks of a handful of nodes never get there.
  std::size_t quorum = 4;
  Duration window = std::chrono::minutes(10);  ///< how long a vote counts
  std::size_t max_voters = 256;                ///< of each family; the oldest vote makes room
};

/// One vote per node, and all nodes of one /24 (IPv6: /48) have one together, so that one network cannot tell us where
/// we are; loopback and private networks vote node by node. IPv4 and IPv6 are counted apart. Votes for what the voter
/// cannot have seen do not count: the other family, port 0, an address that it may not tell of (may_relay).
class AddressVote {
 public:
  explicit AddressVote(const VoteOptions& options);

  /// What a node that we asked says it saw. True when that changed a winner. A trusted voter, a bootnode that the
  /// operator named, is a quorum by itself: a network of three nodes would find none.
  bool cast(const NodeId& voter, const net::Endpoint& voter_at, const net::Endpoint& seen, TimePoint now,
            bool trusted = false);
  /// The endpoint with the quorum and more than half of the votes; a winner stays until another one has that.
  std::optional<net::Endpoint> winner(bool v6) const;
  bool has_voted(const NodeId& voter, bool v6) const noexcept;
  /// Whose votes counted at the last cast.
  std::size_t voters(bool v6) const noexcept;

 private:
  struct Vote {
    NodeId voter;
    net::Endpoint voter_at, seen;
    TimePoint time;
    std::size_t weight;
  };
  struct Family {
    std::vector<Vote> votes;  // the oldest first
    std::optional<net::Endpoint> winner;
  };
  void replace(std::vector<Vote>& votes, const Vote& vote) const;

  VoteOptions options_;
  std::array<Family, 2> families_;  // IPv4, IPv6
};

}  // namespace opwire::discv5
