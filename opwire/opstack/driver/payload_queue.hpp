// Unsafe blocks that wait to become the head, lowest first (op-node's rollup/engine, payloads queue).
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"
#include "opwire/opstack/driver/errors.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

enum class PayloadOrigin : unsigned char { kGossip, kSync };

struct QueuedPayload {
  Envelope envelope;
  std::optional<PeerId> from;  ///< none: an operator's, or our own
  PayloadOrigin origin = PayloadOrigin::kGossip;
};

struct PayloadQueueOptions {
  PayloadQueueOptions() = default;
  std::size_t max_bytes = 524'288'000;
  /// In a full queue a block from sync takes the place of the highest ones instead of being refused as the lowest.
  /// Sync walks down to the head, so the block nearest the head is what the chain needs next, and under op-node's rule
  /// alone a gap that is larger than the queue never closes. False: op-node's rule for both.
  bool sync_displaces_highest = true;
};

/// What the queue counts for a block: 1000 bytes, and for each transaction its length and 24.
std::size_t queued_size(const ExecutionPayload& payload) noexcept;

/// Bounded in bytes. Blocks come in any order; of several at one height the first to arrive is first.
class PayloadQueue {
 public:
  explicit PayloadQueue(const PayloadQueueOptions& options = PayloadQueueOptions()) : options_(options) {}

  /// Over the limit the lowest go until the rest fits; when that is the new block, it is refused and may come again.
  /// Errors: kPayloadQueued (its hash is here), kPayloadTooLarge, kQueueFull.
  Result<void> push(QueuedPayload payload);

  /// The next one, null when empty; valid until the queue changes.
  const QueuedPayload* lowest() const noexcept;
  std::optional<BlockNumber> highest() const noexcept;
  /// False: it was not there.
  bool drop(const Hash256& hash);
  /// The first that arrived of those right above that block, with it as their parent; null: none.
  const QueuedPayload* child_of(const BlockId& parent) const;
  /// Drops that block, if it is here, and all that descend from it. Their hashes, its own first.
  std::vector<Hash256> drop_branch(const BlockId& root);
  /// Of those at its height it is the last from now on.
  void put_last(const Hash256& hash);
  /// Drops what is not above that height. Returns how many went.
  std::size_t drop_up_to(BlockNumber number);

  bool contains(const Hash256& hash) const { return by_hash_.contains(hash); }
  std::size_t size() const noexcept { return by_hash_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  using Entries = std::multimap<BlockNumber, QueuedPayload>;
  void erase(Entries::iterator entry);
  bool make_room(BlockNumber number, std::size_t needed, PayloadOrigin origin);

  PayloadQueueOptions options_;
  Entries entries_;
  std::unordered_map<Hash256, Entries::iterator> by_hash_;
  std::size_t bytes_ = 0;
};

}  // namespace opwire::opstack
