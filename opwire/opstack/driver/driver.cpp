#include "opwire/opstack/driver/driver.hpp"

#include <algorithm>

namespace opwire::opstack {

Driver::Driver(Loop& loop, EngineClient& engine, RangeRequester& ranges, DriverObserver* observer,
               const DriverOptions& options)
    : loop_(loop),
      engine_(engine),
      ranges_(ranges),
      observer_(observer),
      req_resp_(options.controller.req_resp),
      controller_(options.controller),
      gaps_(options.gaps, loop.now()),
      changed_(loop) {}

Task<void> Driver::run() {
  controller_.on_engine_found();
  while (!co_await is_cancelled()) {
    check_gaps();
    std::optional<EngineCall> call = controller_.next_call(loop_.now());
    const bool told = hand_on_events();
    if (call) {
      co_await make(std::move(*call));
      continue;
    }
    // An observer may have brought something new, for which nobody waited yet.
    if (told) continue;
    const bool go_on = co_await wait();
    if (!go_on) break;
  }
  controller_.on_engine_lost();
}

Task<void> Driver::make(EngineCall call) {
  if (auto* const payload = std::get_if<SendPayload>(&call)) {
    const auto answer = co_await engine_.new_payload(std::move(payload->envelope));
    controller_.on_payload_answer(answer, loop_.now());
  } else if (const auto* const forkchoice = std::get_if<SetForkchoice>(&call)) {
    const auto answer = co_await engine_.forkchoice_updated(forkchoice->state, forkchoice->head_timestamp);
    controller_.on_forkchoice_answer(answer, loop_.now());
  } else if (const auto* const read = std::get_if<ReadBlock>(&call)) {
    const auto block = co_await engine_.block(read->number);
    controller_.on_block(block, loop_.now());
  } else {
    auto heads = co_await read_heads();
    controller_.on_heads(std::move(heads), loop_.now());
  }
  hand_on_events();
}

Task<Result<EngineHeads>> Driver::read_heads() {
  EngineHeads heads;
  OPW_CO_TRY(heads.head, co_await engine_.block(BlockLabel::kLatest));
  OPW_CO_TRY(heads.safe, co_await engine_.block(BlockLabel::kSafe));
  OPW_CO_TRY(heads.finalized, co_await engine_.block(BlockLabel::kFinalized));
  co_return heads;
}

Task<bool> Driver::wait() {
  TimePoint until = TimePoint::max();
  // Without a head there is nothing to check for, and the ticker may be due all the time.
  if (controller_.ready() && controller_.heads().head) until = gaps_.next_check();
  if (const auto wake = controller_.next_wake()) until = std::min(until, *wake);
  const Wake how = co_await changed_.wait_until(until);
  co_return how != Wake::kCancelled;
}

void Driver::check_gaps() {
  if (!controller_.ready() || !controller_.heads().head) return;
  const QueuedPayload* const lowest = controller_.queue().lowest();
  const ExecutionPayload* const payload = lowest == nullptr ? nullptr : &lowest->envelope.payload;
  auto gap = gaps_.check(*controller_.base(), payload, loop_.now(), loop_.wall_now());
  if (!gap) return;
  gap->contested = controller_.base() != controller_.heads().head;
  if (req_resp_) return ranges_.request(*gap);
  gaps_.on_range_ended();
  if (gap->before) controller_.on_gap();
}

bool Driver::hand_on_events() {
  const auto events = controller_.take_events();
  for (const ControllerEvent& event : events) {
    const auto* const moved = std::get_if<HeadMoved>(&event);
    if (moved != nullptr && moved->to) gaps_.on_head_moved(moved->to->number, loop_.now());
    if (std::holds_alternative<BranchSought>(event)) gaps_.check_soon();
    // What the anchors' hashes hang on may be the branch that was left.
    const bool reorg = moved != nullptr && moved->reorg;
    if (reorg || std::holds_alternative<PayloadDropped>(event)) gaps_.forget_anchors();
    if (observer_ != nullptr) observer_->on_driver_event(event);
  }
  return !events.empty();
}

void Driver::on_block(const AcceptedBlock& block) {
  // Refused is what is here already or finds no room: nobody's fault.
  if (controller_.on_payload({block.envelope, block.from, PayloadOrigin::kGossip})) changed_.notify_all();
}

Result<void> Driver::on_own(const Envelope& envelope) {
  OPW_TRYV(controller_.on_payload({envelope, std::nullopt, PayloadOrigin::kGossip}));
  changed_.notify_all();
  return {};
}

bool Driver::on_synced(const Envelope& envelope, const std::optional<PeerId>& from) {
  const auto taken = controller_.on_payload({envelope, from, PayloadOrigin::kSync});
  if (taken) changed_.notify_all();
  return taken || !(taken.error().is(errors::kQueueFull) || taken.error().is(errors::kPayloadRefused));
}

void Driver::on_range_disputed(const Gap& range) {
  gaps_.forget_anchors();
  const QueuedPayload* const lowest = controller_.queue().lowest();
  if (lowest == nullptr) return;
  const ExecutionPayload& payload = lowest->envelope.payload;
  const Hash256 hash = payload.block_hash;
  if (payload.number == range.before && payload.parent_hash == range.top) controller_.discard(hash);
}

void Driver::on_range_ended() {
  gaps_.on_range_ended();
  changed_.notify_all();
}

void Driver::on_followed(const L2BlockRef& safe, const L2BlockRef& finalized) {
  controller_.on_followed(safe, finalized);
  changed_.notify_all();
}

}  // namespace opwire::opstack
