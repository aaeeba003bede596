#include "opwire/opstack/sync/peer_choice.hpp"

#include <algorithm>
#include <utility>

namespace opwire::opstack {
namespace {
constexpr std::size_t kAbsentRemembered = 1000;
}

void PeerChoice::add(const PeerId& peer) {
  Peer& known = peers_.try_emplace(peer, options_).first->second;
  if (!std::exchange(known.present, true)) ++present_;
  forget_some();
}

void PeerChoice::remove(const PeerId& peer) {
  const auto found = peers_.find(peer);
  if (found != peers_.end() && std::exchange(found->second.present, false)) --present_;
}

bool PeerChoice::contains(const PeerId& peer) const {
  const auto found = peers_.find(peer);
  return found != peers_.end() && found->second.present;
}

void PeerChoice::forget_some() {
  for (auto at = peers_.begin(); peers_.size() > present_ + kAbsentRemembered && at != peers_.end();) {
    const bool of_use = at->second.present || at->second.in_flight > 0;
    at = of_use ? std::next(at) : peers_.erase(at);
  }
}

bool PeerChoice::is_free(Peer& peer, TimePoint now) const {
  return peer.present && peer.in_flight < options_.max_in_flight && now >= peer.paused_until &&
         peer.tokens.time_until(now) == Duration::zero();
}

std::optional<PeerId> PeerChoice::choose(TimePoint now, const std::function<bool(const PeerId&)>& suits) {
  const auto expected = [](const Peer& peer) { return peer.smoothed * static_cast<int>(peer.in_flight + 1); };
  std::map<PeerId, Peer>::value_type* best = nullptr;
  for (auto& entry : peers_) {
    if (!is_free(entry.second, now) || !suits(entry.first)) continue;
    if (best == nullptr || expected(entry.second) < expected(best->second)) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  best->second.tokens.reserve(now);
  ++best->second.in_flight;
  return best->first;
}

bool PeerChoice::any_free(TimePoint now) {
  return std::ranges::any_of(peers_, [&](auto& entry) { return is_free(entry.second, now); });
}

std::optional<TimePoint> PeerChoice::next_free(TimePoint now) {
  std::optional<TimePoint> next;
  for (auto& [id, peer] : peers_) {
    if (!peer.present || peer.in_flight >= options_.max_in_flight || is_free(peer, now)) continue;
    const TimePoint free = std::max(peer.paused_until, now + peer.tokens.time_until(now));
    next = next ? std::min(*next, free) : free;
  }
  return next;
}

PeerChoice::Peer* PeerChoice::ended(const PeerId& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return nullptr;
  --found->second.in_flight;
  return &found->second;
}

void PeerChoice::on_payload(const PeerId& peer, Duration took) {
  Peer* known = ended(peer);
  if (known == nullptr) return;
  known->failures = 0;
  known->smoothed += (took - known->smoothed) / 8;
}

void PeerChoice::on_not_found(const PeerId& peer) {
  ended(peer);
}

void PeerChoice::on_failure(const PeerId& peer, TimePoint now) {
  Peer* known = ended(peer);
  if (known != nullptr) pause(*known, known->failures++, now);
}

void PeerChoice::on_dropped(const PeerId& peer) {
  ended(peer);
}

void PeerChoice::on_forgery(const PeerId& peer, TimePoint now) {
  const auto found = peers_.find(peer);
  if (found != peers_.end()) pause(found->second, found->second.forgeries++, now);
}

void PeerChoice::pause(Peer& peer, unsigned doublings, TimePoint now) const {
  const Duration length = std::min(options_.pause * (1U << std::min(doublings, 16U)), options_.longest_pause);
  peer.paused_until = std::max(peer.paused_until, now + length);
}

Duration PeerChoice::typical_time(const PeerId& peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? Duration::zero() : found->second.smoothed;
}

}  // namespace opwire::opstack
