#include "opwire/opstack/reputation/score_book.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {

Duration slot_of(Duration block_time) noexcept {
  return block_time > Duration::zero() ? block_time : Duration(std::chrono::seconds(2));
}

ScoreBook::ScoreBook(ScoreBookOptions options, Journal* journal) : options_(options), journal_(journal) {
  OPW_CHECK(options_.max_peers > 0);
  if (journal_ != nullptr) journal_->attach(Table::kScores, *this);
}

bool ScoreBook::is_expired(const ScoreRecord& record, WallTime now) const noexcept {
  return options_.retention <= Duration::zero() || now - record.last_update > options_.retention;
}

std::optional<ScoreRecord> ScoreBook::find(const PeerId& peer, WallTime now) const {
  const auto found = records_.find(peer);
  if (found == records_.end() || is_expired(found->second.record, now)) return std::nullopt;
  return found->second.record;
}

PeerScores ScoreBook::get(const PeerId& peer, WallTime now) const {
  const auto found = find(peer, now);
  return found ? found->scores : PeerScores{};
}

PeerScores ScoreBook::set_gossip(const PeerId& peer, const GossipScores& gossip, WallTime now) {
  return update(peer, now, [&gossip](PeerScores& scores) { scores.gossip = gossip; });
}

PeerScores ScoreBook::put(const PeerId& peer, const PeerScores& scores, WallTime now) {
  if (options_.retention <= Duration::zero()) return scores;
  insert(peer, {scores, to_record_time(now)}, now);
  note(peer);
  return scores;
}

void ScoreBook::insert(const PeerId& peer, const ScoreRecord& record, WallTime now) {
  const auto [place, is_new] = records_.try_emplace(peer);
  Known& known = place->second;
  known.record = record;
  if (!is_new) return by_age_.move(known.position, record.last_update);
  known.position = by_age_.add(peer, record.last_update);
  if (records_.size() <= options_.max_peers) return;
  erase(records_.find(by_age_.last_time() > now ? by_age_.last() : by_age_.first()));
}

bool ScoreBook::import(const PeerId& peer, ScoreRecord record, WallTime now) {
  record.last_update = std::min(record.last_update, to_record_time(now));
  if (is_expired(record, now)) return false;
  const auto known = records_.find(peer);
  if (known != records_.end() && known->second.record.last_update >= record.last_update) return false;
  record.scores = within_bounds(record.scores);
  insert(peer, record, now);
  note(peer);
  return true;
}

void ScoreBook::erase(Records::iterator which) {
  note(which->first);
  by_age_.remove(which->second.position);
  records_.erase(which);
}

std::size_t ScoreBook::gc(WallTime now, std::size_t max) {
  std::size_t gone = 0;
  while (gone < max && !by_age_.empty()) {
    const auto oldest = records_.find(by_age_.first());
    if (!is_expired(oldest->second.record, now)) break;
    erase(oldest);
    ++gone;
  }
  return gone;
}

Result<void> ScoreBook::load(ByteView key, ByteView value, WallTime now) {
  const auto peer = PeerId::parse(key);
  if (!peer) return errors::kRecordKey;
  OPW_TRY(ScoreRecord record, parse_score_record(as_text(value)));
  if (options_.retention <= Duration::zero() || records_.contains(*peer)) return {};
  record.last_update = std::min(record.last_update, to_record_time(now));
  if (is_expired(record, now)) return note(*peer), Result<void>();
  insert(*peer, record, now);
  return {};
}

std::optional<Stored> ScoreBook::stored(Table, ByteView key) const {
  const auto found = records_.find(PeerId::parse(key).value());
  if (found == records_.end()) return std::nullopt;
  const ScoreRecord& record = found->second.record;
  return Stored{unix_seconds(record.last_update), to_bytes(as_bytes(to_json(record)))};
}

void ScoreBook::note(const PeerId& peer) {
  if (journal_ != nullptr) journal_->note(Table::kScores, peer.bytes());
}

}  // namespace opwire::opstack::reputation
