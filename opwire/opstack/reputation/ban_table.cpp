#include "opwire/opstack/reputation/ban_table.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

WallTime record_end(const Ban& ban) noexcept {
  return ban.last_update + kBanRecordKept;
}
WallTime end_of(const Ban& ban) noexcept {
  return std::min(ban.expiry, record_end(ban));
}
// Both as op-node compares them: at its expiry a ban is over, and at the end of its seven days a record still counts.
bool is_over(const Ban& ban, WallTime now) noexcept {
  return now >= ban.expiry || now > record_end(ban);
}

Result<PeerId> parse_key(ByteView key, const PeerId*) {
  return PeerId::parse(key);
}
Result<Ip> parse_key(ByteView key, const Ip*) {
  return Ip::from(key);
}

}  // namespace

template <class Key>
BanTable<Key>::BanTable(Table table, std::size_t max, Journal* journal) : table_(table), max_(max), journal_(journal) {
  OPW_CHECK(max_ > 0);
  if (journal_ != nullptr) journal_->attach(table_, *this);
}

template <class Key>
std::optional<Ban> BanTable<Key>::ban(const Key& key, WallTime until, std::string_view reason,
                                      std::optional<PeerScores> scores, WallTime now) {
  if (until <= WallTime{}) return lift(key), std::nullopt;
  Ban ban{to_record_time(until), to_record_time(now), clean_reason(reason), std::nullopt};
  if (scores) ban.scores = within_bounds(*scores);
  insert(key, std::move(ban));
  note(key);
  return find(key, now);
}

template <class Key>
bool BanTable<Key>::import(const Key& key, Ban ban, WallTime now) {
  ban.last_update = std::min(to_record_time(ban.last_update), to_record_time(now));
  ban.expiry = to_record_time(ban.expiry);
  ban.reason = clean_reason(ban.reason);
  if (ban.scores) ban.scores = within_bounds(*ban.scores);
  if (is_over(ban, now)) return false;
  const auto known = bans_.find(key);
  if (known != bans_.end() && end_of(known->second) >= end_of(ban)) return false;
  insert(key, std::move(ban));
  note(key);
  return true;
}

template <class Key>
void BanTable<Key>::insert(const Key& key, Ban ban) {
  const auto [place, is_new] = bans_.try_emplace(key);
  if (!is_new) by_end_.erase({end_of(place->second), key});
  place->second = std::move(ban);
  by_end_.emplace(end_of(place->second), key);
  if (bans_.size() > max_) erase(bans_.find(by_end_.begin()->second));
}

template <class Key>
void BanTable<Key>::erase(typename Bans::iterator which) {
  note(which->first);
  by_end_.erase({end_of(which->second), which->first});
  bans_.erase(which);
}

template <class Key>
bool BanTable<Key>::lift(const Key& key) {
  const auto found = bans_.find(key);
  if (found == bans_.end()) return false;
  erase(found);
  return true;
}

template <class Key>
BanLookup BanTable<Key>::lookup(const Key& key, WallTime now) {
  const auto found = bans_.find(key);
  if (found == bans_.end()) return {};
  if (!is_over(found->second, now)) return {Standing::kBanned, end_of(found->second)};
  erase(found);
  ++ended_;
  return {Standing::kEnded, {}};
}

template <class Key>
std::optional<Ban> BanTable<Key>::find(const Key& key, WallTime now) const {
  const auto found = bans_.find(key);
  if (found == bans_.end() || is_over(found->second, now)) return std::nullopt;
  return found->second;
}

template <class Key>
std::vector<typename BanTable<Key>::Entry> BanTable<Key>::list(WallTime now) const {
  std::vector<Entry> entries;
  for (const auto& [end, key] : by_end_) {
    if (auto ban = find(key, now)) entries.push_back({key, std::move(*ban)});
  }
  return entries;
}

template <class Key>
std::size_t BanTable<Key>::gc(WallTime now, std::size_t max) {
  std::size_t gone = 0;
  while (gone < max && !by_end_.empty()) {
    const auto first = bans_.find(by_end_.begin()->second);
    if (!is_over(first->second, now)) break;
    erase(first);
    ++gone;
  }
  ended_ += gone;
  return gone;
}

template <class Key>
Result<void> BanTable<Key>::load(ByteView bytes, ByteView value, WallTime now) {
  const Result<Key> key = parse_key(bytes, static_cast<const Key*>(nullptr));
  if (!key) return errors::kRecordKey;
  OPW_TRY(Ban ban, parse_ban(as_text(value)));
  if (bans_.contains(*key)) return {};
  ban.last_update = std::min(ban.last_update, to_record_time(now));
  if (is_over(ban, now)) return note(*key), Result<void>();
  insert(*key, std::move(ban));
  return {};
}

template <class Key>
std::optional<Stored> BanTable<Key>::stored(Table, ByteView bytes) const {
  const auto found = bans_.find(parse_key(bytes, static_cast<const Key*>(nullptr)).value());
  if (found == bans_.end()) return std::nullopt;
  return Stored{unix_seconds(found->second.last_update), to_bytes(as_bytes(to_json(found->second)))};
}

template <class Key>
void BanTable<Key>::note(const Key& key) {
  if (journal_ != nullptr) journal_->note(table_, key.bytes());
}

template class BanTable<PeerId>;
template class BanTable<Ip>;

}  // namespace opwire::opstack::reputation
