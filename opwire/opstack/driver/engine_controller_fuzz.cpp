// A controller under an engine that answers anything, at any time: one call at a time, memory stays bounded, and an
// engine that is well again brings it to rest.
#include <cstdlib>

#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/engine_controller.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack;

constexpr std::size_t kQueueBytes = 20'000;
constexpr std::uint64_t kBlocks = 24;

void require(bool holds) {
  if (!holds) std::abort();
}

ControllerOptions options(std::uint8_t how) {
  ControllerOptions options;
  options.mode = (how & 1) != 0 ? SyncMode::kExecution : SyncMode::kConsensus;
  options.req_resp = (how & 2) == 0;
  options.engine_syncs_after_finalization = (how & 4) != 0;
  options.safe_distance = (how & 8) != 0 ? 5 : 0;
  options.genesis = test::hash(0);
  options.queue.max_bytes = kQueueBytes;
  return options;
}

class Run {
 public:
  explicit Run(std::uint8_t how) : controller_(options(how)) {}

  void step(std::uint8_t what, std::uint8_t which) {
    switch (what % 12) {
      case 0:
      case 1:
        return add(what, which);
      case 2:
        now_ += std::chrono::seconds(which);
        return;
      case 3:
        call_.reset();
        return (which & 1) != 0 ? controller_.on_engine_lost() : controller_.on_engine_found();
      case 4:
        return controller_.on_gap();
      case 5:
        return controller_.on_followed(test::ref(which % kBlocks), test::ref(which / 32));
      default:
        take();
        return answer(which);
    }
  }

  /// An engine that has nothing yet and calls everything valid.
  void finish() {
    controller_.on_engine_lost();
    controller_.on_engine_found();
    call_.reset();
    for (int calls = 0; calls < 500; ++calls) {
      now_ += std::chrono::minutes(1);
      take();
      if (!call_) return;
      answer(0);
    }
    require(false);
  }

 private:
  void add(std::uint8_t what, std::uint8_t which) {
    test::BlockShape shape;
    shape.branch = (which & 0x20) != 0 ? 1 : 0;
    shape.parent_branch = (which & 0x40) != 0 ? 1 : 0;
    shape.extra_bytes = (what & 0x10) != 0 ? 3000 : 0;
    shape.with_l1_info = (which & 0x80) == 0;
    const auto origin = what % 12 == 0 ? PayloadOrigin::kGossip : PayloadOrigin::kSync;
    (void)controller_.on_payload({test::block(1 + which % kBlocks, shape), std::nullopt, origin});
    check();
  }

  void take() {
    auto call = controller_.next_call(now_);
    require(!call || !call_);
    if (call) call_ = std::move(call);
    check();
  }

  void answer(std::uint8_t which) {
    if (!call_) return;
    const auto call = std::exchange(call_, std::nullopt);
    if (std::holds_alternative<ReadHeads>(*call)) {
      controller_.on_heads(heads(which), now_);
    } else if (const auto* const read = std::get_if<ReadBlock>(&*call)) {
      controller_.on_block(block(read->number, which), now_);
    } else if (std::holds_alternative<SendPayload>(*call)) {
      controller_.on_payload_answer(status(which), now_);
    } else {
      controller_.on_forkchoice_answer(status(which), now_);
    }
    (void)controller_.take_events();
    check();
  }

  static Result<EngineHeads> heads(std::uint8_t which) {
    if ((which & 0x80) != 0) return opstack::errors::kEngineTimeout;
    EngineHeads heads;
    heads.head = test::ref(which % kBlocks);
    if ((which & 0x40) != 0) heads.safe = test::ref(which % 8);
    if ((which & 0x20) != 0) heads.finalized = test::ref(0);
    return heads;
  }

  static Result<std::optional<L2BlockRef>> block(BlockNumber number, std::uint8_t which) {
    if ((which & 3) == 1) return opstack::errors::kEngineUnreachable;
    if ((which & 3) == 2) return std::optional<L2BlockRef>();
    return std::optional(test::ref(number.value));
  }

  static Result<PayloadStatus> status(std::uint8_t which) {
    if (which % 9 == 5) return opstack::errors::kEngineTimeout;
    if (which % 9 == 6) return opstack::errors::kInvalidForkchoice;
    if (which % 9 == 7) return opstack::errors::kEngineRefused;
    if (which % 9 == 8) return opstack::errors::kEngineUnreachable;
    PayloadStatus status;
    status.status = static_cast<EngineStatus>(which % 9);
    return status;
  }

  void check() const {
    require(controller_.queue().bytes() <= kQueueBytes);
    const EngineHeads& heads = controller_.heads();
    require(!heads.safe || !heads.finalized || heads.finalized->number <= heads.safe->number || !controller_.ready());
  }

  EngineController controller_;
  TimePoint now_{std::chrono::seconds(1000)};
  std::optional<EngineCall> call_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  Run run(data[0]);
  for (std::size_t at = 1; at + 1 < size && at < 400; at += 2) run.step(data[at], data[at + 1]);
  run.finish();
  return 0;
}
