// Who is banned for its score: op-node's monitor (op-node/p2p/monitor/peer_monitor.go). It looks at one connected peer
// a second, so that all of them together have their turn within as many seconds, and says whom to ban; whoever drives
// it does: the ban goes to the BanBook, and the peer's connections are closed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "opwire/opstack/reputation/score_book.hpp"

namespace opwire::opstack::reputation {

struct MonitorOptions {
  double threshold = -100;                       ///< --p2p.ban.threshold; who stands at it is still fine
  Duration duration = std::chrono::hours(1);     ///< --p2p.ban.duration
  std::function<bool(const PeerId&)> is_static;  ///< these are never banned; null: nobody is. Protected ones are.
};

struct BanOrder {
  PeerId peer;
  WallTime until;
  std::string reason;
  PeerScores scores;
};

class PeerMonitor {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(1);
  /// The peers that are connected now.
  using Connected = std::function<std::vector<PeerId>()>;

  /// scores outlives it.
  PeerMonitor(const ScoreBook& scores, MonitorOptions options) : scores_(scores), options_(std::move(options)) {}

  void set_threshold(double threshold) noexcept { options_.threshold = threshold; }
  void set_duration(Duration duration) noexcept { options_.duration = duration; }

  /// Every kInterval. Asks for the list when all of the last one have had their turn.
  std::optional<BanOrder> tick(WallTime now, const Connected& connected);

 private:
  std::optional<BanOrder> check(const PeerId& peer, WallTime now) const;

  const ScoreBook& scores_;
  MonitorOptions options_;
  std::vector<PeerId> peers_;
  std::size_t next_ = 0;
};

}  // namespace opwire::opstack::reputation
