#include "opwire/opstack/sync/peer_choice.hpp"

#include <algorithm>

namespace opwire::opstack {

void PeerChoice::add(const PeerId& peer) {
  peers_.try_emplace(peer, options_);
}

bool PeerChoice::is_free(Peer& peer, TimePoint now) const {
  return peer.in_flight < options_.max_in_flight && now >= peer.paused_until &&
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
    if (peer.in_flight >= options_.max_in_flight || is_free(peer, now)) continue;
    const TimePoint free = std::max(peer.paused_until, now + peer.tokens.time_until(now));
    next = next ? std::min(*next, free) : free;
  }
  return next;
}

PeerChoice::Peer* PeerChoice::ended(const PeerId& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return nullptr;
  // A peer that left and came back starts at none.
  if (found->second.in_flight > 0) --found->second.in_flight;
  return &found->second;
}

void PeerChoice::on_payload(const PeerId& peer, Duration took) {
  Peer* known = ended(peer);
  if (known == nullptr) return;
  known->failures = 0;
  known->smoothed += (took - known->smoothed) / 8;
}

void PeerChoice::on_not_found(const PeerId& peer, Duration took) {
  on_payload(peer, took);
}

void PeerChoice::on_failure(const PeerId& peer, TimePoint now) {
  Peer* known = ended(peer);
  if (known == nullptr) return;
  const unsigned doublings = std::min(known->failures++, 16U);
  known->paused_until = now + std::min(options_.pause * (1U << doublings), options_.longest_pause);
}

void PeerChoice::on_dropped(const PeerId& peer) {
  ended(peer);
}

Duration PeerChoice::typical_time(const PeerId& peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? Duration::zero() : found->second.smoothed;
}

}  // namespace opwire::opstack
