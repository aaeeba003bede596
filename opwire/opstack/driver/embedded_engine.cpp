#include "opwire/opstack/driver/embedded_engine.hpp"

#include <algorithm>

#include "opwire/opstack/driver/l1_info.hpp"

namespace opwire::opstack {
namespace {

PayloadStatus answer(EngineStatus status, const std::optional<L2BlockRef>& head) {
  PayloadStatus result;
  result.status = status;
  if (head) result.latest_valid = head->hash;
  return result;
}

}  // namespace

EmbeddedEngine::EmbeddedEngine(const EmbeddedEngineOptions& options)
    : max_blocks_(std::max<std::size_t>(options.max_blocks, 2)),
      head_(options.start),
      safe_(options.start_is_final ? options.start : std::nullopt),
      finalized_(safe_),
      is_whole_(safe_.has_value()) {
  if (head_) keep(*head_);
}

PayloadStatus EmbeddedEngine::accept(const ExecutionPayload& payload) {
  if (find(payload.block_hash) != nullptr) return answer(EngineStatus::kValid, head_);
  const auto ref = block_ref(payload);
  if (!ref) return answer(EngineStatus::kInvalid, head_);
  if (!blocks_.empty()) {
    const L2BlockRef* const parent = find(payload.parent_hash);
    // Of what is below the lowest nothing is known that could speak against it.
    const bool is_new_start = parent == nullptr && !is_whole_ && payload.number <= by_number_.begin()->first;
    if (parent == nullptr && !is_new_start) return answer(EngineStatus::kSyncing, std::nullopt);
    if (parent != nullptr && parent->number.value + 1 != payload.number.value) {
      return answer(EngineStatus::kInvalid, head_);
    }
  }
  keep(*ref);
  return answer(EngineStatus::kValid, head_);
}

Result<PayloadStatus> EmbeddedEngine::choose(const Forkchoice& forkchoice) {
  const L2BlockRef* const head = find(forkchoice.head);
  if (head == nullptr) return answer(EngineStatus::kSyncing, std::nullopt);
  if (!is_ancestor(forkchoice.safe, *head)) return errors::kInvalidForkchoice;
  if (!is_ancestor(forkchoice.finalized, *head)) return errors::kInvalidForkchoice;
  head_ = *head;
  if (const L2BlockRef* const safe = find(forkchoice.safe)) safe_ = *safe;
  if (const L2BlockRef* const finalized = find(forkchoice.finalized)) finalized_ = *finalized;
  prune();
  return answer(EngineStatus::kValid, head_);
}

void EmbeddedEngine::keep(const L2BlockRef& block) {
  blocks_.emplace(block.hash, block);
  by_number_.emplace(block.number, block.hash);
  prune();
}

// Of the lowest that may go, the labels' own blocks aside.
void EmbeddedEngine::prune() {
  const auto labelled = [&](const Hash256& hash) {
    return (head_ && head_->hash == hash) || (finalized_ && finalized_->hash == hash);
  };
  for (auto entry = by_number_.begin(); blocks_.size() > max_blocks_ && entry != by_number_.end();) {
    if (labelled(entry->second)) {
      ++entry;
      continue;
    }
    is_whole_ = false;
    blocks_.erase(entry->second);
    entry = by_number_.erase(entry);
  }
}

const L2BlockRef* EmbeddedEngine::find(const Hash256& hash) const {
  const auto found = blocks_.find(hash);
  return found == blocks_.end() ? nullptr : &found->second;
}

// Zero is no block, and a block that is not kept any more may have been one.
bool EmbeddedEngine::is_ancestor(const Hash256& ancestor, const L2BlockRef& of) const {
  if (ancestor.is_zero()) return true;
  const L2BlockRef* const wanted = find(ancestor);
  if (wanted == nullptr) return !is_whole_;
  const L2BlockRef* block = &of;
  while (block != nullptr && block->number > wanted->number) block = find(block->parent_hash);
  return block == nullptr || block->hash == ancestor;
}

std::optional<L2BlockRef> EmbeddedEngine::canonical(BlockNumber number) const {
  const L2BlockRef* block = head_ ? find(head_->hash) : nullptr;
  while (block != nullptr && block->number > number) block = find(block->parent_hash);
  if (block == nullptr || block->number != number) return std::nullopt;
  return *block;
}

Task<Result<PayloadStatus>> EmbeddedEngine::new_payload(Envelope envelope) {
  co_return accept(envelope.payload);
}

Task<Result<PayloadStatus>> EmbeddedEngine::forkchoice_updated(Forkchoice forkchoice, std::uint64_t) {
  co_return choose(forkchoice);
}

Task<Result<std::optional<L2BlockRef>>> EmbeddedEngine::block(BlockLabel label) {
  switch (label) {
    case BlockLabel::kLatest:
      co_return head_;
    case BlockLabel::kSafe:
      co_return safe_;
    default:
      co_return finalized_;
  }
}

Task<Result<std::optional<L2BlockRef>>> EmbeddedEngine::block(BlockNumber number) {
  co_return canonical(number);
}

Task<Result<Envelope>> EmbeddedEngine::payload(BlockNumber) {
  co_return errors::kNoSuchBlock;
}

}  // namespace opwire::opstack
