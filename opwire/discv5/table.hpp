// The Kademlia table: the nodes that we know, by their distance from us, and which of them to check next.
//
// A node enters unverified, becomes live when it answers a PING at the endpoint of its record, and only live nodes are
// told to others. Buckets are for the log distances 240 to 256; nearer nodes, of which there are few, share the first.
// When a bucket is full, newcomers wait as replacements, and the newest replace the oldest; nobody who is in a bucket
// makes room for one who waits, unless it is silent too often.
//
// A check is a PING that the owner sends. Those that are not live, or were silent, are checked soon and by chance; the
// live ones one after another, so the more there are, the more seldom each.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/discv5/table_bucket.hpp"

namespace opwire::discv5 {

struct TableOptions {
  TableOptions() = default;
  std::size_t bucket_size = 16;
  std::size_t replacements = 10;     ///< a bucket's
  std::size_t subnet_in_bucket = 2;  ///< nodes, replacements among them, of one /24 (IPv6: /48) in a bucket;
  std::size_t subnet_in_table = 10;  ///< and in all. Private and loopback addresses are not counted.
  Duration check_new = std::chrono::milliseconds(100);  ///< between two checks of nodes that are not live yet
  Duration check_live = std::chrono::seconds(10);       ///< between two checks of live nodes
};

class Table {
 public:
  enum class Added : std::uint8_t {
    kNew,
    kUpdated,      ///< known, with an older record
    kKnown,        ///< known, with this or a newer record
    kReplacement,  ///< its bucket is full: it waits
    kRefused,  ///< it is ourselves, or its subnet has its share (a newer record is not taken then), or nobody may wait
  };

  /// rng outlives the table.
  Table(const NodeId& local, const TableOptions& options, Rng& rng);

  /// The contact has a record, verified when it was parsed. A newer record at another endpoint makes a live node
  /// unverified again.
  Added add(const Contact& contact, TimePoint now);
  /// The node answered at that endpoint. It is live from now on when that is its record's endpoint.
  void on_answer(const NodeId& id, const net::Endpoint& from, TimePoint now);
  /// It did not. A node that has answered often gets several chances; another goes, and a replacement comes.
  void on_silence(const NodeId& id, TimePoint now);
  void remove(const NodeId& id);

  /// The node that is to be pinged now, chosen by chance among those not live yet and by age among the live; nothing
  /// when none is due. It is not given again until on_answer or on_silence, or half a minute has passed.
  std::optional<Contact> next_check(TimePoint now);
  /// When next_check will have something; TimePoint::max() for an empty table.
  TimePoint next_check_time() const;

  /// At most n, nearest first.
  std::vector<Contact> closest(const NodeId& target, std::size_t n, bool only_live) const;
  /// Live nodes at exactly those log distances from us, at most n, chosen by chance among more, that may be told to
  /// somebody at asker_ip (may_relay).
  std::vector<RecordPtr> at_distances(std::span<const std::uint16_t> distances, std::size_t n, ByteView asker_ip);
  /// All nodes but replacements.
  std::vector<Contact> all() const;
  RecordPtr find(const NodeId& id) const;  ///< null where unknown; replacements too

  std::size_t size() const noexcept;  ///< without replacements
  std::size_t live() const noexcept;
  std::size_t replacements() const noexcept;

 private:
  TableBucket& bucket_of(const NodeId& id) noexcept;
  const TableBucket& bucket_of(const NodeId& id) const noexcept;
  bool subnet_has_share(const TableBucket& bucket, const net::Endpoint& endpoint, const TableNode* but) const noexcept;
  Added update(const TableBucket& bucket, TableNode& known, const Contact& contact, TimePoint now);
  void drop(TableBucket& bucket, const TableNode& node);
  TableNode* any_unproven(TimePoint now);
  TableNode* longest_unchecked(TimePoint now) noexcept;

  NodeId local_;
  TableOptions options_;
  Rng& rng_;
  std::array<TableBucket, 17> buckets_;
  TimePoint next_check_new_{}, next_check_live_{};
  /// What next_check_time() found; nothing after a change.
  mutable std::optional<TimePoint> next_check_time_;
};

}  // namespace opwire::discv5
