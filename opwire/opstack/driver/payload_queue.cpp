#include "opwire/opstack/driver/payload_queue.hpp"

#include <unordered_set>

namespace opwire::opstack {

std::size_t queued_size(const ExecutionPayload& payload) noexcept {
  constexpr std::size_t kPerPayload = 1000, kPerTransaction = 24;
  std::size_t size = kPerPayload;
  for (std::size_t i = 0; i < payload.transactions.size(); ++i) {
    size += payload.transactions[i].size() + kPerTransaction;
  }
  return size;
}

Result<void> PayloadQueue::push(QueuedPayload payload) {
  const Hash256 hash = payload.envelope.payload.block_hash;
  const BlockNumber number = payload.envelope.payload.number;
  if (contains(hash)) return errors::kPayloadQueued;
  const std::size_t needed = queued_size(payload.envelope.payload);
  if (needed > options_.max_bytes) return errors::kPayloadTooLarge;
  if (!make_room(number, needed, payload.origin)) return errors::kQueueFull;
  by_hash_.emplace(hash, entries_.emplace(number, std::move(payload)));
  bytes_ += needed;
  return {};
}

bool PayloadQueue::make_room(BlockNumber number, std::size_t needed, PayloadOrigin origin) {
  const bool from_above = origin == PayloadOrigin::kSync && options_.sync_displaces_highest;
  while (bytes_ + needed > options_.max_bytes) {
    const auto victim = from_above ? std::prev(entries_.end()) : entries_.begin();
    if (from_above ? victim->first <= number : victim->first >= number) return false;
    erase(victim);
  }
  return true;
}

const QueuedPayload* PayloadQueue::lowest() const noexcept {
  return entries_.empty() ? nullptr : &entries_.begin()->second;
}

std::optional<BlockNumber> PayloadQueue::highest() const noexcept {
  if (entries_.empty()) return std::nullopt;
  return entries_.rbegin()->first;
}

bool PayloadQueue::drop(const Hash256& hash) {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return false;
  erase(found->second);
  return true;
}

const QueuedPayload* PayloadQueue::child_of(const BlockId& parent) const {
  const auto [begin, end] = entries_.equal_range({parent.number.value + 1});
  for (auto entry = begin; entry != end; ++entry) {
    if (entry->second.envelope.payload.parent_hash == parent.hash) return &entry->second;
  }
  return nullptr;
}

std::vector<Hash256> PayloadQueue::drop_branch(const BlockId& root) {
  std::vector<Hash256> dropped{root.hash};
  std::unordered_set<Hash256> gone{root.hash};
  drop(root.hash);
  for (auto entry = entries_.upper_bound(root.number); entry != entries_.end();) {
    const auto next = std::next(entry);
    const ExecutionPayload& payload = entry->second.envelope.payload;
    if (gone.contains(payload.parent_hash)) {
      dropped.push_back(payload.block_hash);
      gone.insert(payload.block_hash);
      erase(entry);
    }
    entry = next;
  }
  return dropped;
}

void PayloadQueue::put_last(const Hash256& hash) {
  const auto found = by_hash_.find(hash);
  if (found != by_hash_.end()) found->second = entries_.insert(entries_.extract(found->second));
}

std::size_t PayloadQueue::drop_up_to(BlockNumber number) {
  const std::size_t before = size();
  while (!entries_.empty() && entries_.begin()->first <= number) erase(entries_.begin());
  return before - size();
}

void PayloadQueue::erase(Entries::iterator entry) {
  const ExecutionPayload& payload = entry->second.envelope.payload;
  bytes_ -= queued_size(payload);
  by_hash_.erase(payload.block_hash);
  entries_.erase(entry);
}

}  // namespace opwire::opstack
