#include "opwire/discv5/lookup.hpp"

#include <algorithm>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/subnet.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::size_t kAlpha = 3;
// Who has not answered after this long does not keep others waiting, up to so many at once.
constexpr Duration kPatience = std::chrono::milliseconds(250);
constexpr std::size_t kMaxInFlight = 8;
// What one lookup may cost whatever it is told: a network of 10,000 takes about 30 questions.
constexpr std::size_t kMaxAsked = 100, kMaxCandidates = 64, kMaxSeen = 2000;
constexpr std::ptrdiff_t kOfSubnet = 2;  // candidates; as in a bucket of the table

}  // namespace

std::vector<std::uint16_t> Lookup::distances(const NodeId& target, const NodeId& asked) {
  const unsigned own = log_distance(target, asked);
  std::vector<std::uint16_t> wanted{static_cast<std::uint16_t>(own)};
  for (unsigned step = 1; wanted.size() < 3; ++step) {
    if (own + step <= 256) wanted.push_back(static_cast<std::uint16_t>(own + step));
    if (own > step && wanted.size() < 3) wanted.push_back(static_cast<std::uint16_t>(own - step));
  }
  return wanted;
}

std::size_t Lookup::place_of(const NodeId& id) const noexcept {
  const auto place = std::ranges::partition_point(
      candidates_, [&](const Candidate& candidate) { return is_closer(target_, candidate.node.id, id); });
  return static_cast<std::size_t>(place - candidates_.begin());
}

bool Lookup::subnet_has_share(const net::Endpoint& endpoint) const noexcept {
  return std::ranges::count_if(candidates_, [&](const Candidate& candidate) {
           return share_subnet(candidate.node.endpoint, endpoint);
         }) >= kOfSubnet;
}

Lookup::Candidate* Lookup::find(const NodeId& id) noexcept {
  const std::size_t place = place_of(id);
  return place < candidates_.size() && candidates_[place].node.id == id ? &candidates_[place] : nullptr;
}

void Lookup::add(const Contact& node, unsigned hops) {
  if (node.id == self_ || seen_.size() >= kMaxSeen || !seen_.insert(node.id).second) return;
  const std::size_t place = place_of(node.id);
  if (place >= kMaxCandidates || subnet_has_share(node.endpoint)) return;
  candidates_.insert(candidates_.begin() + static_cast<std::ptrdiff_t>(place), Candidate{node, hops});
  // Only the farthest that nobody waits for makes room.
  if (candidates_.size() > kMaxCandidates && candidates_.back().state == State::kKnown) candidates_.pop_back();
}

std::size_t Lookup::hopeful(TimePoint now) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(candidates_, [&](const Candidate& candidate) {
    return candidate.state == State::kAsked && now - candidate.asked_at < kPatience;
  }));
}

std::optional<Contact> Lookup::next(TimePoint now) {
  if (asked_ >= kMaxAsked || hopeful(now) >= kAlpha) return std::nullopt;
  const auto is_asked = [](const Candidate& candidate) { return candidate.state == State::kAsked; };
  if (static_cast<std::size_t>(std::ranges::count_if(candidates_, is_asked)) >= kMaxInFlight) return std::nullopt;
  std::size_t answered = 0;
  for (Candidate& candidate : candidates_) {
    if (candidate.state == State::kAnswered && ++answered >= kResults) return std::nullopt;
    if (candidate.state != State::kKnown) continue;
    candidate.state = State::kAsked;
    candidate.asked_at = now;
    ++asked_;
    return candidate.node;
  }
  return std::nullopt;
}

void Lookup::on_answer(const NodeId& from, const std::vector<Contact>& named) {
  Candidate* const answered = find(from);
  if (answered == nullptr) return;
  answered->state = State::kAnswered;
  const unsigned hops = answered->hops + 1;
  for (const Contact& node : named) add(node, hops);
}

void Lookup::on_silence(const NodeId& from) {
  const std::size_t place = place_of(from);
  if (place >= candidates_.size() || candidates_[place].node.id != from) return;
  candidates_.erase(candidates_.begin() + static_cast<std::ptrdiff_t>(place));
}

bool Lookup::done() const noexcept {
  std::size_t answered = 0;
  for (const Candidate& candidate : candidates_) {
    if (candidate.state == State::kAsked) return false;
    if (candidate.state == State::kKnown && asked_ < kMaxAsked) return false;
    if (candidate.state == State::kAnswered && ++answered >= kResults) break;
  }
  // Farther ones may still be being asked, whose answers could bring nearer ones.
  return std::ranges::none_of(candidates_, [](const Candidate& one) { return one.state == State::kAsked; });
}

TimePoint Lookup::next_wake(TimePoint now) const noexcept {
  TimePoint wake = TimePoint::max();
  for (const Candidate& candidate : candidates_) {
    const TimePoint lost = candidate.asked_at + kPatience;
    if (candidate.state == State::kAsked && lost > now) wake = std::min(wake, lost);
  }
  return wake;
}

std::vector<RecordPtr> Lookup::results() const {
  std::vector<RecordPtr> records;
  for (const Candidate& candidate : candidates_) {
    if (candidate.state != State::kAnswered || !candidate.node.record) continue;
    records.push_back(candidate.node.record);
    if (records.size() == kResults) break;
  }
  return records;
}

unsigned Lookup::hops() const noexcept {
  const auto nearest =
      std::ranges::find_if(candidates_, [](const Candidate& one) { return one.state == State::kAnswered; });
  return nearest == candidates_.end() ? 0 : nearest->hops;
}

}  // namespace opwire::discv5
