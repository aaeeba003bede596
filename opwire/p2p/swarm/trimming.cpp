#include "opwire/p2p/swarm/trimming.hpp"

#include <algorithm>

namespace opwire::swarm {
namespace {

struct Candidate {
  std::vector<ConnectionId> connections;
  TimePoint since;
  std::int64_t value;
  std::size_t streams = 0;
  bool inbound = false;
};

// The unprotected peers.
std::vector<Candidate> find_candidates(const std::vector<Standing>& standing, const TagBook& book, TimePoint now) {
  std::unordered_map<PeerId, Candidate> peers;
  for (const Standing& one : standing) {
    if (book.is_protected(one.peer)) continue;
    auto found = peers.find(one.peer);
    if (found == peers.end()) {
      found = peers.emplace(one.peer, Candidate{{}, one.opened, book.value(one.peer, now)}).first;
    }
    Candidate& candidate = found->second;
    candidate.connections.push_back(one.id);
    candidate.since = std::min(candidate.since, one.opened);
    candidate.streams += one.streams;
    candidate.inbound |= one.role == Role::kListener;
  }
  std::vector<Candidate> candidates;
  for (auto& [peer, candidate] : peers) candidates.push_back(std::move(candidate));
  return candidates;
}

std::size_t count_connections(const std::vector<Candidate>& candidates) {
  std::size_t count = 0;
  for (const Candidate& candidate : candidates) count += candidate.connections.size();
  return count;
}

// Those that go first come first. The oldest of equals, so that the order does not hang on chance.
void sort(std::vector<Candidate>& candidates, bool many_streams_first) {
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.value != b.value) return a.value < b.value;
    if ((a.streams == 0) != (b.streams == 0)) return a.streams == 0;
    if (a.inbound != b.inbound) return a.inbound;
    if (a.streams != b.streams) return (a.streams < b.streams) != many_streams_first;
    return a.connections.front() < b.connections.front();
  });
}

std::vector<ConnectionId> take(const std::vector<Candidate>& candidates, std::size_t count) {
  std::vector<ConnectionId> taken;
  for (const Candidate& candidate : candidates) {
    if (taken.size() >= count) break;
    taken.insert(taken.end(), candidate.connections.begin(), candidate.connections.end());
  }
  return taken;
}

std::size_t surplus(std::size_t count, std::size_t low) {
  return count > low ? count - low : 0;
}

}  // namespace

std::vector<ConnectionId> choose_surplus(const std::vector<Standing>& standing, const TagBook& book,
                                         const ConnectionManagerOptions& options, TimePoint now) {
  std::vector<Candidate> candidates = find_candidates(standing, book, now);
  std::erase_if(candidates, [&](const Candidate& candidate) { return now - candidate.since < options.grace; });
  sort(candidates, false);
  return take(candidates, surplus(count_connections(candidates), options.low));
}

std::vector<ConnectionId> choose_in_emergency(const std::vector<Standing>& standing, const TagBook& book,
                                              std::size_t low, TimePoint now) {
  std::vector<Candidate> candidates = find_candidates(standing, book, now);
  sort(candidates, true);
  return take(candidates, surplus(standing.size(), low));
}

}  // namespace opwire::swarm
