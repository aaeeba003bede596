// Bans under one kind of key: what a ban book has of peers, and of IP addresses.
//
// As op-node's (op-node/p2p/store, peer_ban_book.go, ip_ban_book.go): a ban is over at its expiry, and a record that
// was not updated for seven days is as good as none, so that no ban is longer than that. One that is over goes when
// somebody asks for it, or with gc(), and is counted.
#pragma once

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/reputation/ban.hpp"
#include "opwire/opstack/reputation/ip.hpp"
#include "opwire/opstack/reputation/journal.hpp"

namespace opwire::opstack::reputation {

inline constexpr Duration kBanRecordKept = std::chrono::days(7);

enum class Standing : std::uint8_t {
  kFree,    ///< not banned
  kBanned,  ///< until BanLookup::until
  kEnded,   ///< was banned until now: the ban is gone, and counted
};

struct BanLookup {
  Standing standing = Standing::kFree;
  WallTime until{};
};

/// Key: PeerId or Ip.
template <class Key>
class BanTable final : public JournalSource {
 public:
  struct Entry {
    Key key;
    Ban ban;
  };

  /// max: at least one. Beyond it, the ban that would end first goes. journal: null where nothing outlives the process.
  BanTable(Table table, std::size_t max, Journal* journal);
  BanTable(const BanTable&) = delete;
  BanTable& operator=(const BanTable&) = delete;

  /// Until then, in the place of any other. A time of zero lifts. Returns what is now in force.
  std::optional<Ban> ban(const Key& key, WallTime until, std::string_view reason, std::optional<PeerScores> scores,
                         WallTime now);
  /// A ban from elsewhere, unless ours ends later, or it is over. Whether it was taken.
  bool import(const Key& key, Ban ban, WallTime now);
  /// True when there was one, over or not. It is not counted as one that ended.
  bool lift(const Key& key);

  BanLookup lookup(const Key& key, WallTime now);
  /// Only what is in force.
  std::optional<Ban> find(const Key& key, WallTime now) const;
  /// All that are in force; those that end first stand first, those of one second in the order of their keys.
  std::vector<Entry> list(WallTime now) const;

  /// Forgets what is over, at most so many; returns how many, which are counted.
  std::size_t gc(WallTime now, std::size_t max);
  /// Bans that came to their end.
  std::uint64_t ended() const noexcept { return ended_; }
  /// Those included that are over and were not asked for.
  std::size_t size() const noexcept { return bans_.size(); }

  /// Room for so many, before they are loaded.
  void reserve(std::size_t bans) { bans_.reserve(std::min(bans, max_)); }
  /// What the disk has. What came to be known meanwhile wins; what is over is not taken, and goes from the disk; a
  /// lastUpdate to come counts as now. Errors, which concern this entry alone: kRecordKey; parse_ban()'s.
  Result<void> load(ByteView key, ByteView value, WallTime now);
  std::optional<Stored> stored(Table table, ByteView key) const override;

 private:
  using Bans = std::unordered_map<Key, Ban>;

  void insert(const Key& key, Ban ban);
  void erase(typename Bans::iterator which);
  void note(const Key& key);

  Table table_;
  std::size_t max_;
  Journal* journal_;
  Bans bans_;
  std::set<std::pair<WallTime, Key>> by_end_;  // those of bans_, by the time from which they are not in force
  std::uint64_t ended_ = 0;
};

extern template class BanTable<PeerId>;
extern template class BanTable<Ip>;

}  // namespace opwire::opstack::reputation
