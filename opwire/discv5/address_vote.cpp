#include "opwire/discv5/address_vote.hpp"

#include <algorithm>
#include <utility>

#include "opwire/discv5/subnet.hpp"

namespace opwire::discv5 {
namespace {

bool can_have_seen(const net::Endpoint& voter_at, const net::Endpoint& seen) noexcept {
  return voter_at.is_v6 == seen.is_v6 && seen.port != 0 && may_relay(voter_at.ip(), seen.ip());
}

/// What more than half of them say, with how many do (Boyer and Moore: whoever has the majority outlasts the others).
template <class Votes>
std::pair<net::Endpoint, std::size_t> majority(const Votes& votes) {
  net::Endpoint candidate;
  std::size_t lead = 0;
  for (const auto& vote : votes) {
    if (vote.seen == candidate) {
      lead += vote.weight;
    } else if (vote.weight > lead) {
      candidate = vote.seen;
      lead = vote.weight - lead;
    } else {
      lead -= vote.weight;
    }
  }
  std::size_t for_it = 0, all = 0;
  for (const auto& vote : votes) {
    all += vote.weight;
    if (vote.seen == candidate) for_it += vote.weight;
  }
  return {candidate, 2 * for_it > all ? for_it : 0};
}

}  // namespace

AddressVote::AddressVote(const VoteOptions& options) : options_(options) {}

bool AddressVote::cast(const NodeId& voter, const net::Endpoint& voter_at, const net::Endpoint& seen, TimePoint now,
                       bool trusted) {
  if (!can_have_seen(voter_at, seen)) return false;
  Family& family = families_[seen.is_v6 ? 1 : 0];
  replace(family.votes,
          {.voter = voter, .voter_at = voter_at, .seen = seen, .time = now, .weight = trusted ? options_.quorum : 1});
  const auto [endpoint, count] = majority(family.votes);
  if (count == 0 || count < options_.quorum || family.winner == endpoint) return false;
  family.winner = endpoint;
  return true;
}

void AddressVote::replace(std::vector<Vote>& votes, const Vote& vote) const {
  std::erase_if(votes, [&](const Vote& earlier) {
    return vote.time - earlier.time >= options_.window || earlier.voter == vote.voter ||
           (share_subnet(earlier.voter_at, vote.voter_at) && earlier.weight <= vote.weight);
  });
  if (!votes.empty() && votes.size() >= options_.max_voters) votes.erase(votes.begin());
  votes.push_back(vote);
}

std::optional<net::Endpoint> AddressVote::winner(bool v6) const {
  return families_[v6 ? 1 : 0].winner;
}

bool AddressVote::has_voted(const NodeId& voter, bool v6) const noexcept {
  return std::ranges::any_of(families_[v6 ? 1 : 0].votes, [&](const Vote& vote) { return vote.voter == voter; });
}

std::size_t AddressVote::voters(bool v6) const noexcept {
  return families_[v6 ? 1 : 0].votes.size();
}

}  // namespace opwire::discv5
