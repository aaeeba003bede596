#include "opwire/opstack/discovery/candidates.hpp"

#include <algorithm>
#include <compare>

#include "opwire/discv5/subnet.hpp"

namespace opwire::opstack {
namespace {

/// A peer that stayed once and then fails that often is like any other.
constexpr unsigned kForgiven = 3;

}  // namespace

/// The greater, the better.
struct Candidates::Rank {
  int kind;
  unsigned lacking_failures;
  std::uint64_t lot;
  auto operator<=>(const Rank&) const = default;
};

Candidates::Rank Candidates::rank(const Entry& entry, TimePoint now) const noexcept {
  const auto kind = [&] {
    if (entry.stayed && entry.failures < kForgiven) return 3;
    if (entry.gone || entry.answered == TimePoint::min()) return 0;
    return now - entry.answered <= options_.lately ? 2 : 1;
  };
  return {kind(), ~entry.failures, entry.lot};
}

Candidates::Added Candidates::add(const discv5::RecordPtr& record, TimePoint now) {
  const auto known = entries_.find(record->id());
  if (known != entries_.end() && record->seq() <= known->second.candidate.record->seq()) return Added::kKnown;
  if (!is_of_chain(*record, options_.chain)) return remove(record->id()), Added::kForeign;
  const auto address = tcp_address(*record, options_.families);
  if (!address) return remove(record->id()), Added::kRefused;
  const net::Endpoint endpoint(*address->ip(), *address->tcp_port());
  if (options_.admits && !options_.admits(endpoint)) return remove(record->id()), Added::kRefused;
  if (known != entries_.end()) return update(known->second, record, *address, endpoint, now);
  if (subnet_is_full(endpoint)) return Added::kRefused;
  if (entries_.size() >= options_.max && !make_room(now)) return Added::kRefused;

  const PeerId peer = peer_id_of(*record);
  Entry entry(Candidate(peer, *address, record));
  entry.endpoint = endpoint;
  entry.due = now;
  entry.lot = rng_.next();
  entries_.emplace(record->id(), std::move(entry));
  ids_.emplace(peer, record->id());
  return Added::kNew;
}

Candidates::Added Candidates::update(Entry& known, const discv5::RecordPtr& record, const Multiaddr& address,
                                     const net::Endpoint& endpoint, TimePoint now) {
  known.candidate.record = record;
  if (endpoint == known.endpoint) return Added::kUpdated;
  if (!discv5::share_subnet(endpoint, known.endpoint) && subnet_is_full(endpoint)) {
    return remove(record->id()), Added::kRefused;
  }
  known.candidate.address = address;
  known.endpoint = endpoint;
  // Its failures were those of the old address. Not at once: whoever signs one record after another does not choose
  // whom we dial all the time.
  known.due = std::min(known.due, now + options_.first_pause);
  return Added::kUpdated;
}

/// A newcomer has neither answered nor failed: it takes the place of the worst of those who have not answered either.
/// If that one has not failed, chance decides, so that a flood of records does not drive out all that came before.
bool Candidates::make_room(TimePoint now) {
  const Entry* worst = nullptr;
  for (const auto& [id, entry] : entries_) {
    if (entry.state != State::kIdle) continue;
    if (worst == nullptr || rank(entry, now) < rank(*worst, now)) worst = &entry;
  }
  if (worst == nullptr || rank(*worst, now).kind > 0) return false;
  if (worst->failures == 0 && rng_.below(2) == 0) return false;
  remove(discv5::NodeId(worst->candidate.record->id()));
  return true;
}

void Candidates::on_answer(const discv5::NodeId& id, TimePoint when) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.answered = std::max(found->second.answered, when);
  found->second.gone = false;
}

bool Candidates::on_gone(const discv5::NodeId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  Entry& entry = found->second;
  entry.gone = true;
  if (entry.state != State::kIdle || entry.failures == 0) return false;
  remove(id);
  return true;
}

std::optional<Candidate> Candidates::next(TimePoint now) {
  std::vector<const Entry*> taken;
  for (const auto& [id, entry] : entries_) {
    if (entry.state != State::kIdle) taken.push_back(&entry);
  }
  Entry* best = nullptr;
  Entry* crowded = nullptr;  // the best of those whose subnet has its share
  for (auto& [id, entry] : entries_) {
    if (entry.state != State::kIdle || entry.due > now) continue;
    if (best != nullptr && rank(entry, now) <= rank(*best, now)) continue;
    if (!subnet_has_share(entry, taken)) {
      best = &entry;
    } else if (crowded == nullptr || rank(entry, now) > rank(*crowded, now)) {
      crowded = &entry;
    }
  }
  if (best == nullptr) best = crowded;
  if (best == nullptr) return std::nullopt;
  best->state = State::kDialling;
  return best->candidate;
}

bool Candidates::subnet_is_full(const net::Endpoint& endpoint) const noexcept {
  const auto same = [&](const auto& entry) { return discv5::share_subnet(endpoint, entry.second.endpoint); };
  return static_cast<std::size_t>(std::ranges::count_if(entries_, same)) >= options_.known_in_subnet;
}

bool Candidates::subnet_has_share(const Entry& entry, const std::vector<const Entry*>& taken) const noexcept {
  const auto same = [&](const Entry* other) { return discv5::share_subnet(entry.endpoint, other->endpoint); };
  return static_cast<std::size_t>(std::ranges::count_if(taken, same)) >= options_.taken_in_subnet;
}

void Candidates::on_connected(const PeerId& peer, TimePoint now) {
  Entry* entry = find(peer);
  if (entry == nullptr || entry->state == State::kConnected) return;
  entry->state = State::kConnected;
  entry->connected = now;
}

void Candidates::on_disconnected(const PeerId& peer, TimePoint now) {
  Entry* entry = find(peer);
  if (entry == nullptr || entry->state != State::kConnected) return;
  entry->state = State::kIdle;
  const bool stayed = now - entry->connected >= options_.stayed;
  if (!stayed) return push_back(*entry, now);
  entry->stayed = true;
  entry->failures = 0;
  entry->due = now + pause_after(1);
}

bool Candidates::on_failed(const PeerId& peer, TimePoint now) {
  Entry* entry = find(peer);
  if (entry == nullptr || entry->state != State::kDialling) return false;
  entry->state = State::kIdle;
  push_back(*entry, now);
  if (!entry->gone) return false;
  remove(discv5::NodeId(entry->candidate.record->id()));
  return true;
}

void Candidates::remove(const discv5::NodeId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  ids_.erase(found->second.candidate.peer);
  entries_.erase(found);
}

TimePoint Candidates::next_due() const noexcept {
  TimePoint due = TimePoint::max();
  for (const auto& [id, entry] : entries_) {
    if (entry.state == State::kIdle) due = std::min(due, entry.due);
  }
  return due;
}

Candidates::Entry* Candidates::find(const PeerId& peer) {
  const auto id = ids_.find(peer);
  return id == ids_.end() ? nullptr : &entries_.at(id->second);
}

/// By chance, so that two nodes that lost each other do not meet in the middle of the other's dial for ever.
Duration Candidates::pause_after(unsigned failures) {
  Duration pause = options_.first_pause;
  for (unsigned i = 1; i < failures && pause < options_.longest_pause; ++i) pause *= 2;
  pause = std::min(pause, options_.longest_pause);
  return pause - Duration(rng_.below(static_cast<std::uint64_t>(pause.count() / 4) + 1));
}

void Candidates::push_back(Entry& entry, TimePoint now) {
  ++entry.failures;
  entry.due = now + pause_after(entry.failures);
}

}  // namespace opwire::opstack
