// How each peer behaved, remembered over its connections: op-node's score book (op-node/p2p/store/scorebook.go).
//
// A record that was not updated for the retention (op-node: 600 slots) is expired: readers do not see it, and an update
// begins with an empty one. Time is wall time, for the records outlive the process; a clock that was set back makes
// records live longer, and no more.
#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/reputation/journal.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"
#include "opwire/opstack/reputation/time_order.hpp"

namespace opwire::opstack::reputation {

/// For chains with this block time; zero counts as two seconds, as everywhere in op-node's scoring.
Duration slot_of(Duration block_time) noexcept;
inline constexpr int kRetainedSlots = 600;

struct ScoreBookOptions {
  /// Zero, as op-node has it without scoring: every record is expired at once, so none is kept, and what the disk has
  /// stays as it is.
  Duration retention = kRetainedSlots * std::chrono::seconds(2);
  /// At least one. Beyond it, who was updated longest ago is forgotten; before that, whoever was updated at a time that
  /// is yet to come.
  std::size_t max_peers = 100'000;
};

class ScoreBook final : public JournalSource {
 public:
  /// journal: null where nothing outlives the process.
  explicit ScoreBook(ScoreBookOptions options, Journal* journal = nullptr);
  ScoreBook(const ScoreBook&) = delete;
  ScoreBook& operator=(const ScoreBook&) = delete;

  std::optional<ScoreRecord> find(const PeerId& peer, WallTime now) const;
  /// All zero when it is not known, or not any more.
  PeerScores get(const PeerId& peer, WallTime now) const;

  /// change: void(PeerScores&). What it leaves is brought inside the bounds of what can be written, and returned.
  template <class Change>
  PeerScores update(const PeerId& peer, WallTime now, Change&& change) {
    PeerScores scores = get(peer, now);
    change(scores);
    return put(peer, within_bounds(scores), now);
  }
  /// A snapshot of gossipsub's.
  PeerScores set_gossip(const PeerId& peer, const GossipScores& gossip, WallTime now);

  /// A record from elsewhere, unless ours is as new, or it is expired. Whether it was taken.
  bool import(const PeerId& peer, ScoreRecord record, WallTime now);

  /// Forgets expired records, the oldest first, at most so many; returns how many. Each step costs what it forgets, and
  /// there is no record that it could stumble over: what cannot be decoded never gets in.
  std::size_t gc(WallTime now, std::size_t max);

  /// Room for so many, before they are loaded.
  void reserve(std::size_t peers) { records_.reserve(std::min(peers, options_.max_peers)); }
  /// What the disk has. What came to be known meanwhile wins; an expired record is not taken, and goes from the disk; a
  /// time to come counts as now. Errors, which concern this entry alone: kRecordKey; parse_score_record()'s.
  Result<void> load(ByteView key, ByteView value, WallTime now);
  std::optional<Stored> stored(Table table, ByteView key) const override;

  /// Expired ones included.
  std::size_t size() const noexcept { return records_.size(); }

 private:
  struct Known {
    ScoreRecord record;
    TimeOrder<PeerId>::Position position;  // in by_age_
  };
  using Records = std::unordered_map<PeerId, Known>;

  PeerScores put(const PeerId& peer, const PeerScores& scores, WallTime now);
  void insert(const PeerId& peer, const ScoreRecord& record, WallTime now);
  void erase(Records::iterator which);
  bool is_expired(const ScoreRecord& record, WallTime now) const noexcept;
  void note(const PeerId& peer);

  ScoreBookOptions options_;
  Journal* journal_;
  Records records_;
  TimeOrder<PeerId> by_age_;  // those of records_, by their last update
};

}  // namespace opwire::opstack::reputation
