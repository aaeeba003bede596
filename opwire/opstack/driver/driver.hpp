// Drives an execution engine with the blocks that gossip and sync bring: the coroutine around PayloadQueue, GapCheck
// and EngineController.
#pragma once

#include "opwire/opstack/driver/engine_controller.hpp"
#include "opwire/opstack/driver/gap_check.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::opstack {

class RangeRequester {
 public:
  virtual ~RangeRequester() = default;
  /// On the loop; must not block. Ends in one Driver::on_range_ended(), never from inside; an open-ended gap, too, of
  /// which there may be nothing to ask for.
  virtual void request(const Gap& gap) = 0;
};

class DriverObserver {
 public:
  virtual ~DriverObserver() = default;
  /// On the loop, in order. Must not block.
  virtual void on_driver_event(const ControllerEvent& event) = 0;
};

struct DriverOptions {
  DriverOptions() = default;
  ControllerOptions controller;
  GapCheckOptions gaps;
};

class Driver final : public BlockSink {
 public:
  /// All outlive it; the observer may be null.
  Driver(Loop& loop, EngineClient& engine, RangeRequester& ranges, DriverObserver* observer,
         const DriverOptions& options = DriverOptions());

  /// Until its task is cancelled. Once.
  Task<void> run();

  void on_block(const AcceptedBlock& block) override;
  /// A block that this node published, or that its operator gave. Errors: EngineController::on_payload()'s.
  Result<void> on_own(const Envelope& envelope);
  /// A block of a range; from: none, when it was archived. False: no room, or it is of a branch that was refused; the
  /// range is to be given up.
  bool on_synced(const Envelope& envelope, const std::optional<PeerId>& from);
  void on_range_ended();
  /// Every peer has another block than the range's uppermost: the block that waits above it is of a branch that nobody
  /// has, and is dropped. Before on_range_ended().
  void on_range_disputed(const Gap& range);
  /// From a node that derives the chain.
  void on_followed(const L2BlockRef& safe, const L2BlockRef& finalized);

  const EngineController& controller() const noexcept { return controller_; }
  const GapCheck& gaps() const noexcept { return gaps_; }

 private:
  Task<void> make(EngineCall call);
  Task<Result<EngineHeads>> read_heads();
  Task<bool> wait();
  void check_gaps();
  /// False: there were none.
  bool hand_on_events();

  Loop& loop_;
  EngineClient& engine_;
  RangeRequester& ranges_;
  DriverObserver* observer_;
  const bool req_resp_;
  EngineController controller_;
  GapCheck gaps_;
  Event changed_;
};

}  // namespace opwire::opstack
