// What the books have changed since it was last written: the way from memory, which is the truth, to the disk.
//
//   Journal journal;                       // one for all books, and it outlives them
//   ScoreBook scores(options, &journal);
//   ...
//   for (const Change& change : journal.take_changes(256)) ...   // store::Batch: put(rank, value), or erase
//   scores.load(key, value, now);          // at the start, each entry that the disk has
//
// A book only says which key changed; the value is asked for when it is taken, so that a record that changes every
// second costs one encoding for each write. A change that could not be written is given back by note().
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

#include "opwire/base/bytes.hpp"

namespace opwire::opstack::reputation {

enum class Table : std::uint8_t {
  kScores,            ///< key: peer id; value: op-node's score record
  kPeerBans,          ///< key: peer id; value: op-node's ban record and more
  kIpBans,            ///< key: 4 or 16 bytes; value: the same
  kBlockedPeers,      ///< key: peer id; value: its text
  kBlockedAddresses,  ///< key: 4 or 16 bytes; value: its text
  kBlockedSubnets,    ///< key and value: its text, 10.0.0.0/8
  kMetadata,          ///< key: peer id; value: op-node's metadata record
  kKnownPeers,        ///< key: peer id; value: its owner's, who is not here: addresses and more
};
inline constexpr std::size_t kTables = 8;

/// As it is now.
struct Stored {
  std::uint64_t rank = 0;  ///< what is of low rank goes first where room is needed: when it was last updated
  Bytes value;
};

/// A book, as the journal sees it.
class JournalSource {
 public:
  virtual ~JournalSource() = default;
  /// None when it is gone.
  virtual std::optional<Stored> stored(Table table, ByteView key) const = 0;
};

struct Change {
  Table table{};
  Bytes key;
  std::optional<Stored> now;  ///< none: gone
};

class Journal {
 public:
  /// Keys that wait at most. All books full and changed at once are less; beyond it come only entries that went before
  /// they were written, while nobody takes anything. Further changes are not noted, and counted.
  explicit Journal(std::size_t max_waiting = 200'000) : max_waiting_(max_waiting) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Once for each table; the book outlives the next take_changes().
  void attach(Table table, const JournalSource& book);
  /// The entry was made, changed or removed.
  void note(Table table, ByteView key);

  /// The keys that changed, those first that wait longest; at most max.
  std::vector<Change> take_changes(std::size_t max);
  /// Nobody will take what waits.
  void forget();
  std::size_t waiting() const noexcept { return order_.size(); }
  /// Changes that were not noted: the disk may keep what memory has forgotten.
  std::uint64_t lost() const noexcept { return lost_; }

 private:
  std::size_t max_waiting_;
  const JournalSource* sources_[kTables] = {};
  std::unordered_set<std::string> known_;  // table and key
  std::deque<const std::string*> order_;   // into known_, whose elements stay where they are
  std::uint64_t lost_ = 0;
};

}  // namespace opwire::opstack::reputation
