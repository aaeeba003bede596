#include "opwire/opstack/discovery/candidates.hpp"

#include <algorithm>
#include <tuple>

#include "opwire/discv5/subnet.hpp"

namespace opwire::opstack {
namespace {

// An answer in discovery says that much about a dial for this long.
constexpr Duration kFresh = std::chrono::minutes(10);
// A peer that stays that long is a good one.
constexpr Duration kStay = std::chrono::minutes(1);

}  // namespace

bool Candidates::hear(const discv5::RecordPtr& record, const PeerId& peer, const Multiaddr& address, TimePoint now) {
  const auto known = entries_.find(peer);
  if (known != entries_.end()) {
    Entry& entry = known->second;
    if (entry.record->seq() >= record->seq()) return false;
    const bool moved = entry.address != address;
    entry.record = record;
    entry.address = address;
    entry.heard = now;
    if (moved) entry.failures = 0, entry.due = now;
    return moved;
  }
  if (entries_.size() >= options_.max) make_room(now);
  if (entries_.size() >= options_.max) return false;
  Entry& entry = entries_[peer];
  entry.record = record;
  entry.address = address;
  entry.heard = entry.due = now;
  return true;
}

void Candidates::on_answer(const PeerId& peer, TimePoint now) {
  const auto known = entries_.find(peer);
  if (known != entries_.end()) known->second.answered = now;
}

bool Candidates::is_better(const Entry& a, const Entry& b, TimePoint now) const {
  const auto rank = [&](const Entry& entry) {
    const bool fresh = entry.answered != TimePoint{} && now - entry.answered < kFresh;
    return std::tuple(entry.stayed, fresh, -static_cast<int>(entry.failures), entry.heard);
  };
  return rank(a) > rank(b);
}

std::size_t Candidates::busy_in_subnet(const Entry& entry) const {
  const net::Endpoint place(*entry.address.ip(), 0);
  return static_cast<std::size_t>(std::ranges::count_if(entries_, [&](const auto& other) {
    return other.second.state != State::kIdle &&
           discv5::share_subnet(net::Endpoint(*other.second.address.ip(), 0), place);
  }));
}

std::optional<Candidate> Candidates::next(TimePoint now) {
  Entries::iterator best = entries_.end();
  bool best_is_crowded = false;
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second.state != State::kIdle || it->second.due > now) continue;
    const bool crowded = busy_in_subnet(it->second) >= options_.of_subnet;
    if (best != entries_.end()) {
      if (crowded && !best_is_crowded) continue;
      if (crowded == best_is_crowded && !is_better(it->second, best->second, now)) continue;
    }
    best = it;
    best_is_crowded = crowded;
  }
  if (best == entries_.end()) return std::nullopt;
  set_state(best->second, State::kDialling);
  return Candidate{best->first, best->second.address};
}

TimePoint Candidates::next_due(TimePoint now) const {
  TimePoint due = TimePoint::max();
  for (const auto& [peer, entry] : entries_) {
    if (entry.state == State::kIdle) due = std::min(due, std::max(entry.due, now));
  }
  return due;
}

void Candidates::set_state(Entry& entry, State state) {
  if (entry.state == State::kDialling) --dialling_;
  entry.state = state;
  if (state == State::kDialling) ++dialling_;
}

void Candidates::on_connected(const PeerId& peer, TimePoint now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end() || known->second.state == State::kConnected) return;
  set_state(known->second, State::kConnected);
  known->second.connected = now;
}

void Candidates::on_failed(const PeerId& peer, TimePoint now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end() || known->second.state != State::kDialling) return;
  set_state(known->second, State::kIdle);
  known->second.stayed = false;
  push_back(known->second, now);
}

void Candidates::on_disconnected(const PeerId& peer, TimePoint now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end() || known->second.state != State::kConnected) return;
  Entry& entry = known->second;
  set_state(entry, State::kIdle);
  entry.stayed = now - entry.connected >= kStay;
  if (entry.stayed) entry.failures = 0;
  push_back(entry, now);
}

void Candidates::push_back(Entry& entry, TimePoint now) {
  Duration pause = options_.first_pause;
  for (unsigned i = 0; i < entry.failures && pause < options_.longest_pause; ++i) pause *= 2;
  pause = std::min(pause, options_.longest_pause);
  // Up to a half longer, so that those that failed together do not come due together.
  entry.due = now + pause + Duration(rng_.below(static_cast<std::uint64_t>(pause.count() / 2)));
  ++entry.failures;
}

void Candidates::make_room(TimePoint now) {
  Entries::iterator worst = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second.state != State::kIdle) continue;
    if (worst == entries_.end() || is_better(worst->second, it->second, now)) worst = it;
  }
  if (worst != entries_.end()) entries_.erase(worst);
}

}  // namespace opwire::opstack
