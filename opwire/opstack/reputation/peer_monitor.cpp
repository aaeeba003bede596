#include "opwire/opstack/reputation/peer_monitor.hpp"

#include <cstdio>

namespace opwire::opstack::reputation {
namespace {

std::string reason_for(double score, double threshold) {
  char text[96];
  const int size = std::snprintf(text, sizeof(text), "score %.6g is below %.6g", score, threshold);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<BanOrder> PeerMonitor::tick(WallTime now, const Connected& connected) {
  if (next_ >= peers_.size()) {
    peers_ = connected();
    next_ = 0;
  }
  if (peers_.empty()) return std::nullopt;
  return check(peers_[next_++], now);
}

std::optional<BanOrder> PeerMonitor::check(const PeerId& peer, WallTime now) const {
  const PeerScores scores = scores_.get(peer, now);
  if (scores.gossip.total >= options_.threshold) return std::nullopt;
  if (options_.is_static && options_.is_static(peer)) return std::nullopt;
  return BanOrder{peer, now + options_.duration, reason_for(scores.gossip.total, options_.threshold), scores};
}

}  // namespace opwire::opstack::reputation
