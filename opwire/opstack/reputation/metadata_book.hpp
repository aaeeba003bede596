// What a peer's node record said: op-node's metadata book (op-node/p2p/store, mdbook.go), and its text.
//
//   {"lastUpdate":1700000000,"peerMetadata":{"enr":"enr:-...","opStackID":10}}
//
// A record that was not updated for seven days is as good as none.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "opwire/base/strong.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/reputation/journal.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"
#include "opwire/opstack/reputation/time_order.hpp"

namespace opwire::opstack::reputation {

/// A node record has at most 300 bytes, which are 404 characters.
inline constexpr std::size_t kMaxEnrText = 404;
inline constexpr Duration kMetadataKept = std::chrono::days(7);

struct PeerMetadata {
  std::string enr;         ///< as text; who reads it checks it
  ChainId chain;           ///< 0: it names none
  WallTime last_update{};  ///< whole seconds
  bool operator==(const PeerMetadata&) const = default;
};

/// Of metadata whose time is inside its bounds and whose record is short enough.
std::string to_json(const PeerMetadata& metadata);
/// Errors: kRecordTooLong, kRecordJson, kRecordNumber, kRecordTime.
Result<PeerMetadata> parse_peer_metadata(std::string_view text);

struct MetadataBookOptions {
  std::size_t max_peers = 10'000;  ///< at least one. Beyond it, who was updated longest ago is forgotten
};

class MetadataBook final : public JournalSource {
 public:
  /// What says the same as before is written again after this long.
  static constexpr Duration kWriteAgain = std::chrono::hours(1);

  /// journal: null where nothing outlives the process.
  explicit MetadataBook(MetadataBookOptions options = {}, Journal* journal = nullptr);
  MetadataBook(const MetadataBook&) = delete;
  MetadataBook& operator=(const MetadataBook&) = delete;

  std::optional<PeerMetadata> find(const PeerId& peer, WallTime now) const;
  /// The node records of that chain's peers, in no order, at most so many.
  std::vector<std::string> records_of(ChainId chain, WallTime now, std::size_t max) const;
  /// A record that is too long is not taken.
  void set(const PeerId& peer, std::string_view enr, ChainId chain, WallTime now);

  /// Forgets expired records, the oldest first, at most so many; returns how many.
  std::size_t gc(WallTime now, std::size_t max);
  /// As ScoreBook's. Errors: kRecordKey; parse_peer_metadata()'s.
  Result<void> load(ByteView key, ByteView value, WallTime now);
  std::optional<Stored> stored(Table table, ByteView key) const override;
  /// Expired ones included.
  std::size_t size() const noexcept { return records_.size(); }

 private:
  struct Known {
    PeerMetadata metadata;
    TimeOrder<PeerId>::Position position;  // in by_age_
  };
  using Records = std::unordered_map<PeerId, Known>;

  void insert(const PeerId& peer, PeerMetadata metadata);
  void erase(Records::iterator which);
  void note(const PeerId& peer);

  MetadataBookOptions options_;
  Journal* journal_;
  Records records_;
  TimeOrder<PeerId> by_age_;  // those of records_, by their last update
};

}  // namespace opwire::opstack::reputation
