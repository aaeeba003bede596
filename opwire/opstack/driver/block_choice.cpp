#include "opwire/opstack/driver/block_choice.hpp"

#include <utility>

namespace opwire::opstack {
namespace {

constexpr std::size_t kMaxRefused = 4096;  // hashes

}  // namespace

BlockChoice::BlockChoice(const BlockChoiceOptions& options) : options_(options), queue_(options.queue) {}

Result<void> BlockChoice::push(QueuedPayload payload) {
  const ExecutionPayload& block = payload.envelope.payload;
  if (branch_ && branch_->replaced.contains(block.block_hash)) return errors::kPayloadStale;
  if (refused_.contains(block.block_hash) || refused_.contains(block.parent_hash)) {
    refuse({block.block_hash, block.number});
    return errors::kPayloadRefused;
  }
  return queue_.push(std::move(payload));
}

void BlockChoice::refuse(const BlockId& block) {
  const std::vector<Hash256> dropped = queue_.drop_branch(block);
  for (const Hash256& hash : dropped) remember_refused(hash);
}

void BlockChoice::remember_refused(const Hash256& hash) {
  if (!refused_.insert(hash).second) return;
  refused_order_.push_back(hash);
  if (refused_order_.size() <= kMaxRefused) return;
  refused_.erase(refused_order_.front());
  refused_order_.pop_front();
}

void BlockChoice::forget_refused() {
  refused_.clear();
  refused_order_.clear();
}

Choice BlockChoice::choose(const EngineHeads& heads) {
  Choice choice;
  for (;;) {
    clean(heads);
    choice.next = next(heads);
    if (choice.next != nullptr) {
      send_above_gap_ = false;
      return choice;
    }
    const QueuedPayload* const lowest = queue_.lowest();
    if (lowest == nullptr || !is_right_above_base(heads, *lowest)) return choice;
    if (may_look_below(heads)) {
      choice.below = BlockNumber{base(heads)->number.value - 1};
      return choice;
    }
    if (options_.req_resp) {
      choice.too_deep = lowest;
      return choice;
    }
    queue_.drop(lowest->envelope.payload.block_hash);
  }
}

void BlockChoice::clean(const EngineHeads& heads) {
  if (heads.safe) queue_.drop_up_to(heads.safe->number);
  if (base(heads)) queue_.drop_up_to(base(heads)->number);
  if (queue_.size() == 0) branch_.reset();
}

const QueuedPayload* BlockChoice::next(const EngineHeads& heads) const {
  const QueuedPayload* const lowest = queue_.lowest();
  if (lowest == nullptr || !heads.head) return lowest;
  if (const QueuedPayload* const child = queue_.child_of(heads.head->id())) return child;
  const bool right_above = is_right_above_base(heads, *lowest);
  if (!options_.req_resp) return send_above_gap_ && !right_above ? lowest : nullptr;
  if (!branch_) return nullptr;
  if (branch_->base_is_known) return queue_.child_of(branch_->base->id());
  return right_above ? lowest : nullptr;
}

bool BlockChoice::is_right_above_base(const EngineHeads& heads, const QueuedPayload& payload) const {
  const auto& base = this->base(heads);
  return base && payload.envelope.payload.number.value == base->number.value + 1;
}

bool BlockChoice::may_look_below(const EngineHeads& heads) const {
  if (!options_.req_resp || base_is_unknown()) return false;
  if (branch_ && branch_->replaced.size() >= options_.max_replaced) return false;
  const BlockNumber number = base(heads)->number;
  return number > options_.genesis_number && (!heads.safe || number > heads.safe->number);
}

Result<BranchSought> BlockChoice::look_below(const EngineHeads& heads, const std::optional<L2BlockRef>& block) {
  const QueuedPayload* const lowest = queue_.lowest();
  if (lowest == nullptr || !base(heads)) return errors::kEngineNotReady;
  const L2BlockRef above = *base(heads);
  if (block && block->hash != above.parent_hash) return errors::kEngineNotReady;
  if (!branch_) branch_ = Branch{};
  const ExecutionPayload& waits = lowest->envelope.payload;
  const BranchSought sought{{waits.block_hash, waits.number}, above, branch_->replaced.empty()};
  branch_->replaced.insert(above.hash);
  branch_->base_is_known = block.has_value();
  branch_->base = block;
  if (!block) {
    branch_->base = L2BlockRef{};
    branch_->base->hash = above.parent_hash;
    branch_->base->number = {above.number.value - 1};
    branch_->base->timestamp = above.timestamp;
  }
  queue_.drop(above.hash);
  return sought;
}

}  // namespace opwire::opstack
