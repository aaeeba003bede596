#include "opwire/opstack/driver/engine_controller.hpp"

#include <algorithm>
#include <utility>

#include "opwire/opstack/driver/l1_info.hpp"

namespace opwire::opstack {
namespace {

constexpr int kTriesBeforeStartingAgain = 3;
constexpr int kTriesForSafeBlock = 5;

Hash256 hash_of(const std::optional<L2BlockRef>& block) {
  return block ? block->hash : Hash256{};
}

BlockId id_of(const ExecutionPayload& payload) {
  return {payload.block_hash, payload.number};
}

bool is_away(const Error& error) {
  return error.is(errors::kEngineUnreachable) || error.is(errors::kEngineTimeout);
}

bool is_reorg(const L2BlockRef& from, const L2BlockRef& to) {
  if (to.number <= from.number) return true;
  return to.number.value == from.number.value + 1 && to.parent_hash != from.hash;
}

}  // namespace

EngineController::EngineController(const ControllerOptions& options)
    : options_(options), choice_(options), followed_(options.first_retry, options.longest_retry) {}

Result<void> EngineController::on_payload(QueuedPayload payload) {
  if (!goes_straight()) return choice_.push(std::move(payload));
  const BlockNumber number = payload.envelope.payload.number;
  if (heads_.head && number <= heads_.head->number) return errors::kPayloadStale;
  if (direct_.size() == options_.max_direct) direct_.pop_front();
  direct_.push_back(std::move(payload));
  return {};
}

void EngineController::on_engine_found() {
  engine_up_ = true;
  retry_at_ = {};
}

void EngineController::on_engine_lost() {
  engine_up_ = false;
  need_heads_ = true;
  in_flight_ = InFlight::kNone;
  give_up_attempt();
}

void EngineController::on_followed(const L2BlockRef& safe, const L2BlockRef& finalized) {
  if (finalized.number > safe.number) return;
  if (heads_.finalized && finalized.number < heads_.finalized->number) return;
  if (heads_.safe == safe && heads_.finalized == finalized) return;
  if (in_flight_ == InFlight::kForkchoice && !attempt_) return;  // the source tells it again
  followed_.put(safe, finalized);
}

std::optional<EngineCall> EngineController::next_call(TimePoint now) {
  if (in_flight_ != InFlight::kNone || !engine_up_ || now < retry_at_) return std::nullopt;
  retry_at_ = {};
  if (need_heads_) {
    in_flight_ = InFlight::kHeads;
    return ReadHeads{};
  }
  if (!attempt_ && safe_to_be_) {
    in_flight_ = InFlight::kSafeBlock;
    return ReadBlock{*safe_to_be_};
  }
  if (attempt_ && attempt_->accepted) {
    in_flight_ = InFlight::kForkchoice;
    return forkchoice();
  }
  if (!attempt_ && followed_.is_due(now) && !followed_had_turn_) return tell_followed();
  followed_had_turn_ = false;
  if (!attempt_ && !choose()) {
    if (followed_.is_due(now)) return tell_followed();
    if (!below_) return std::nullopt;
    in_flight_ = InFlight::kBlockBelow;
    return ReadBlock{*below_};
  }
  in_flight_ = InFlight::kPayload;
  return SendPayload{attempt_->payload.envelope};
}

std::optional<TimePoint> EngineController::next_wake() const noexcept {
  if (in_flight_ != InFlight::kNone || !engine_up_) return std::nullopt;
  if (retry_at_ != TimePoint{}) return retry_at_;
  return followed_.next_wake();
}

void EngineController::on_heads(Result<EngineHeads> answer, TimePoint now) {
  if (std::exchange(in_flight_, InFlight::kNone) != InFlight::kHeads) return;
  if (!answer) {
    events_.emplace_back(StartedAgain{answer.error()});
    return back_off(now);
  }
  need_heads_ = false;
  choice_.forget_branch();
  choice_.forget_refused();
  move_head(answer->head);
  heads_ = std::move(*answer);
  if (options_.mode != SyncMode::kExecution || engine_sync_ != EngineSync::kWillStart) return;
  const bool syncs = !heads_.finalized || heads_.finalized->hash == options_.genesis;
  engine_sync_ = syncs || options_.engine_syncs_after_finalization ? EngineSync::kStarted : EngineSync::kFinished;
}

void EngineController::on_block(const Result<std::optional<L2BlockRef>>& answer, TimePoint now) {
  const InFlight what = std::exchange(in_flight_, InFlight::kNone);
  if (what == InFlight::kBlockBelow) return answer ? on_block_below(*answer, now) : back_off(now);
  if (what != InFlight::kSafeBlock) return;
  if (!answer || !*answer) {
    // Blocks wait for it: without one the safe block stays where it is.
    if (++safe_tries_ >= kTriesForSafeBlock) safe_to_be_.reset();
    return back_off(now);
  }
  safe_to_be_.reset();
  on_followed(**answer, **answer);
}

void EngineController::on_payload_answer(const Result<PayloadStatus>& answer, TimePoint now) {
  if (std::exchange(in_flight_, InFlight::kNone) != InFlight::kPayload) return;
  if (!answer) return fail(answer.error(), now);
  const EngineStatus status = answer->status;
  if (status == EngineStatus::kInvalid || status == EngineStatus::kInvalidBlockHash) {
    return refuse_attempt(errors::kPayloadInvalid);
  }
  if (accepts(*answer, false)) {
    note_valid(status);
    attempt_->accepted = true;
    not_linked_ = 0;
    return;
  }
  // As deep as the engine's knowledge goes there was nothing for the branch to hang on.
  if (choice_.base_is_unknown() && !attempt_->linked) {
    choice_.forget_branch();
    return refuse_attempt(errors::kBranchTooDeep);
  }
  // The engine does not know the parent, which is of our chain: it has lost it.
  if (attempt_->linked && ++not_linked_ >= kTriesBeforeStartingAgain) return start_again(errors::kEngineNotReady, now);
  fail(errors::kEngineNotReady, now);
}

void EngineController::on_forkchoice_answer(const Result<PayloadStatus>& answer, TimePoint now) {
  if (std::exchange(in_flight_, InFlight::kNone) != InFlight::kForkchoice) return;
  if (!attempt_) return on_followed_answer(answer, now);
  if (!answer) {
    if (answer.error().is(errors::kInvalidForkchoice)) return start_again(answer.error(), now);
    return fail(answer.error(), now);
  }
  if (accepts(*answer, true)) {
    note_valid(answer->status);
    return adopt();
  }
  if (answer->status == EngineStatus::kInvalid) return refuse_attempt(errors::kPayloadInvalid);
  fail(errors::kEngineNotReady, now);
}

std::vector<ControllerEvent> EngineController::take_events() {
  return std::exchange(events_, {});
}

bool EngineController::goes_straight() const noexcept {
  if (options_.mode != SyncMode::kExecution) return false;
  return engine_sync_ != EngineSync::kFinished || !options_.req_resp;
}

bool EngineController::accepts(const PayloadStatus& status, bool forkchoice) const noexcept {
  const bool execution = options_.mode == SyncMode::kExecution;
  switch (status.status) {
    case EngineStatus::kValid:
      return true;
    case EngineStatus::kSyncing:
      return execution || (!forkchoice && !options_.req_resp);
    case EngineStatus::kAccepted:
      return execution && !forkchoice;
    default:
      return false;
  }
}

void EngineController::note_valid(EngineStatus status) noexcept {
  if (status != EngineStatus::kValid || engine_sync_ != EngineSync::kStarted || !attempt_) return;
  engine_sync_ = EngineSync::kFinishedNotFinalized;
}

bool EngineController::choose() {
  return choose_direct() || choose_queued();
}

bool EngineController::choose_direct() {
  while (!direct_.empty()) {
    const QueuedPayload payload = std::move(direct_.front());
    direct_.pop_front();
    const bool stale = heads_.head && payload.envelope.payload.number <= heads_.head->number;
    if (!stale && begin(payload, true)) return true;
  }
  return false;
}

bool EngineController::choose_queued() {
  for (;;) {
    const Choice choice = choice_.choose(heads_);
    if (choice.too_deep != nullptr) {
      refuse(*choice.too_deep, errors::kBranchTooDeep);
      choice_.forget_branch();
    } else if (choice.next == nullptr) {
      below_ = choice.below;
      return false;
    } else if (begin(*choice.next, false)) {
      return true;
    }
  }
}

void EngineController::on_block_below(const std::optional<L2BlockRef>& block, TimePoint now) {
  // What waits may be other blocks by now.
  if (!choice_.choose(heads_).below) return;
  const auto sought = choice_.look_below(heads_, block);
  if (!sought) return start_again(sought.error(), now);
  events_.emplace_back(*sought);
}

bool EngineController::begin(const QueuedPayload& payload, bool direct) {
  const auto ref = block_ref(payload.envelope.payload);
  if (!ref) return refuse(payload, ref.error()), false;
  const bool on_head = heads_.head && ref->parent_hash == heads_.head->hash;
  const bool on_base = base() && !choice_.base_is_unknown() && ref->parent_hash == base()->hash;
  attempt_ = Attempt{payload, *ref, direct, on_head || on_base, false};
  return true;
}

SetForkchoice EngineController::tell_followed() {
  followed_had_turn_ = true;
  in_flight_ = InFlight::kForkchoice;
  const L2BlockRef& head = followed_.takes_over(heads_.head) ? followed_.safe() : *heads_.head;
  return {{head.hash, followed_.safe().hash, followed_.finalized().hash}, head.timestamp};
}

SetForkchoice EngineController::forkchoice() const {
  const L2BlockRef& head = attempt_->ref;
  const bool synced = engine_sync_ == EngineSync::kFinishedNotFinalized;
  if (synced && options_.safe_distance == 0) return {{head.hash, head.hash, head.hash}, head.timestamp};
  const bool syncing = synced || engine_sync_ == EngineSync::kStarted;
  return {{head.hash, hash_of(heads_.safe), syncing ? Hash256{} : hash_of(heads_.finalized)}, head.timestamp};
}

void EngineController::move_head(const std::optional<L2BlockRef>& head) {
  if (heads_.head == head) return;
  const bool reorg = heads_.head && (!head || is_reorg(*heads_.head, *head));
  events_.emplace_back(HeadMoved{heads_.head, head, reorg});
  heads_.head = head;
  choice_.forget_branch();
  if (reorg) choice_.forget_refused();
  if (head) followed_.on_head(*head);
}

void EngineController::adopt() {
  const L2BlockRef head = attempt_->ref;
  choice_.drop(head.hash);
  attempt_.reset();
  delay_ = {};
  retry_at_ = {};
  move_head(head);
  if (engine_sync_ != EngineSync::kFinishedNotFinalized) return;
  engine_sync_ = EngineSync::kFinished;
  if (options_.safe_distance == 0) {
    heads_.safe = heads_.finalized = head;
    return;
  }
  const std::uint64_t down = std::min(options_.safe_distance, head.number.value);
  const BlockNumber safe{std::max(head.number.value - down, options_.genesis_number.value)};
  if (!heads_.safe || safe > heads_.safe->number) safe_to_be_ = safe;
}

void EngineController::adopt_followed() {
  if (followed_.takes_over(heads_.head)) move_head(followed_.safe());
  heads_.safe = followed_.safe();
  heads_.finalized = followed_.finalized();
  followed_.on_taken();
  delay_ = {};
}

void EngineController::on_followed_answer(const Result<PayloadStatus>& answer, TimePoint now) {
  if (answer && accepts(*answer, true)) return adopt_followed();
  const Error why = answer ? Error(errors::kEngineNotReady) : answer.error();
  const bool inconsistent = why.is(errors::kInvalidForkchoice);
  if (inconsistent && !followed_.takes_over(heads_.head)) return followed_.insist();
  const bool above = followed_.is_above(heads_.head);
  followed_.on_refused(now);
  if (is_away(why)) return fail(why, now);
  if (inconsistent || (answer && !above)) return start_again(why, now);
  events_.emplace_back(FollowedNotTaken{why});
}

void EngineController::refuse(const QueuedPayload& payload, const Error& why) {
  const BlockId block = id_of(payload.envelope.payload);
  events_.emplace_back(PayloadDropped{block, payload.from, payload.origin, why});
  choice_.refuse(block);  // payload may be the entry itself
}

void EngineController::refuse_attempt(const Error& why) {
  refuse(attempt_->payload, why);
  attempt_.reset();
  not_linked_ = 0;
}

void EngineController::fail(const Error& error, TimePoint now) {
  // An engine that was away may have lost its last blocks.
  if (is_away(error)) return start_again(error, now);
  if (attempt_) choice_.put_last(attempt_->ref.hash);
  give_up_attempt();
  back_off(now);
}

void EngineController::start_again(const Error& why, TimePoint now) {
  events_.emplace_back(StartedAgain{why});
  need_heads_ = true;
  not_linked_ = 0;
  give_up_attempt();
  back_off(now);
}

void EngineController::back_off(TimePoint now) {
  delay_ = delay_ == Duration{} ? options_.first_retry : std::min(2 * delay_, options_.longest_retry);
  retry_at_ = now + delay_;
}

// What came by the queue is still there. Of those that go straight to the engine the newest serves as well as any.
void EngineController::give_up_attempt() {
  // The block that ended the engine's sync is not its head yet: another one has to end it.
  if (engine_sync_ == EngineSync::kFinishedNotFinalized) engine_sync_ = EngineSync::kStarted;
  if (attempt_ && attempt_->direct && direct_.empty()) direct_.push_back(std::move(attempt_->payload));
  attempt_.reset();
}

}  // namespace opwire::opstack
