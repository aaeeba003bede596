// What to ask of the execution engine next, without its I/O (op-node's engine controller and clsync).
//
// A block becomes the head in two calls: new_payload, then forkchoice_updated. One call is under way at a time; the
// caller makes the call that next_call() names and reports its answer. Which answers are good enough depends on the
// mode:
//
//   mode                          new_payload              forkchoice_updated
//   consensus, req_resp           VALID                    VALID
//   consensus, no req_resp        VALID SYNCING            VALID (SYNCING: the engine has its target; tried again)
//   execution                     VALID SYNCING ACCEPTED   VALID SYNCING
//
// Anything else but INVALID is temporary and tried again with a growing delay. Where op-node would wait for ever we go
// on: a block whose first transaction is no L1 attributes deposit is dropped, and so is one with a wrong block hash.
#pragma once

#include <deque>
#include <variant>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/opstack/driver/block_choice.hpp"
#include "opwire/opstack/driver/engine_client.hpp"
#include "opwire/opstack/driver/followed_heads.hpp"

namespace opwire::opstack {

enum class SyncMode : unsigned char { kConsensus, kExecution };

/// Of the execution mode. A sync begins when the engine's finalized block is unknown or genesis, and ends with the
/// first VALID. Then that block is the head, and the block `safe_distance` below it safe and finalized.
enum class EngineSync : unsigned char { kWillStart, kStarted, kFinishedNotFinalized, kFinished };

struct ControllerOptions : BlockChoiceOptions {
  ControllerOptions() = default;
  SyncMode mode = SyncMode::kConsensus;
  /// Erigon and Reth sync their way also when they have finalized before.
  bool engine_syncs_after_finalization = false;
  Hash256 genesis;
  std::uint64_t safe_distance = 0;  ///< blocks, after the engine's own sync (--syncmode.offset-el-safe)
  Duration first_retry = std::chrono::seconds(1);
  Duration longest_retry = std::chrono::seconds(30);
  std::size_t max_direct = 16;  ///< blocks that wait for the engine while it syncs by itself; the oldest go
};

struct ReadHeads {};
/// Of the canonical chain.
struct ReadBlock {
  BlockNumber number;
};
struct SendPayload {
  Envelope envelope;
};
struct SetForkchoice {
  Forkchoice state;
  std::uint64_t head_timestamp = 0;
};
using EngineCall = std::variant<ReadHeads, ReadBlock, SendPayload, SetForkchoice>;

struct HeadMoved {
  std::optional<L2BlockRef> from;
  std::optional<L2BlockRef> to;  ///< none: the engine came back without any
  bool reorg = false;            ///< `from` is no longer part of the chain, as far as the two tell
};
struct PayloadDropped {
  BlockId block;
  std::optional<PeerId> from;
  PayloadOrigin origin = PayloadOrigin::kGossip;
  Error why;  ///< kPayloadInvalid, kL1Info, kBranchTooDeep
};
/// The followed safe and finalized blocks were not taken; they are told again.
struct FollowedNotTaken {
  Error why;
};
/// The engine's heads are read again: it was away, or does not agree with what we thought.
struct StartedAgain {
  Error why;
};
using ControllerEvent = std::variant<HeadMoved, PayloadDropped, BranchSought, FollowedNotTaken, StartedAgain>;

class EngineController {
 public:
  explicit EngineController(const ControllerOptions& options = ControllerOptions());

  /// To the queue, or in execution mode straight to the engine until its sync is over (for ever without req_resp).
  /// Errors: BlockChoice::push()'s, kPayloadStale.
  Result<void> on_payload(QueuedPayload payload);
  /// The block turned out not to be the chain's.
  void discard(const Hash256& hash) { choice_.drop(hash); }
  /// Starts or resumes; nothing is asked of the engine before.
  void on_engine_found();
  /// The call under way, if any, has no answer any more. Blocks that wait stay.
  void on_engine_lost();
  /// Without req_resp: the lowest block that waits is above a gap, and goes to the engine so that it syncs towards it.
  void on_gap() noexcept { choice_.on_gap(); }
  /// From a node that derives the chain. One that goes back behind the finalized block is ignored, and so is one that
  /// comes while the engine is told of another: it is to be repeated. A safe block above the head, or at odds with it,
  /// becomes the head.
  void on_followed(const L2BlockRef& safe, const L2BlockRef& finalized);

  /// None: nothing to do, a call is under way, or next_wake() is to be waited for.
  std::optional<EngineCall> next_call(TimePoint now);
  std::optional<TimePoint> next_wake() const noexcept;
  /// One of these for each call, in its kind. After on_engine_lost() they are not waited for and do nothing.
  void on_heads(Result<EngineHeads> answer, TimePoint now);
  void on_block(const Result<std::optional<L2BlockRef>>& answer, TimePoint now);
  void on_payload_answer(const Result<PayloadStatus>& answer, TimePoint now);
  void on_forkchoice_answer(const Result<PayloadStatus>& answer, TimePoint now);

  std::vector<ControllerEvent> take_events();

  const EngineHeads& heads() const noexcept { return heads_; }
  /// What the next block is to be the child of: the head, or a block below it while a branch is sought.
  const std::optional<L2BlockRef>& base() const { return choice_.base(heads_); }
  const PayloadQueue& queue() const noexcept { return choice_.queue(); }
  EngineSync engine_sync() const noexcept { return engine_sync_; }
  bool ready() const noexcept { return engine_up_ && !need_heads_; }

 private:
  enum class InFlight : unsigned char { kNone, kHeads, kSafeBlock, kBlockBelow, kPayload, kForkchoice };
  struct Attempt {
    QueuedPayload payload;
    L2BlockRef ref;
    bool direct = false;
    bool linked = false;    ///< child of the head, or of the block below it that a branch leaves from
    bool accepted = false;  ///< by new_payload
  };

  bool goes_straight() const noexcept;
  bool accepts(const PayloadStatus& status, bool forkchoice) const noexcept;
  void note_valid(EngineStatus status) noexcept;
  bool choose();
  bool choose_direct();
  bool choose_queued();
  bool begin(const QueuedPayload& payload, bool direct);
  SetForkchoice forkchoice() const;
  void move_head(const std::optional<L2BlockRef>& head);
  void on_block_below(const std::optional<L2BlockRef>& block, TimePoint now);
  void adopt();
  void adopt_followed();
  SetForkchoice tell_followed();
  void on_followed_answer(const Result<PayloadStatus>& answer, TimePoint now);
  void refuse(const QueuedPayload& payload, const Error& why);
  void refuse_attempt(const Error& why);
  void fail(const Error& error, TimePoint now);
  void start_again(const Error& why, TimePoint now);
  void back_off(TimePoint now);
  void give_up_attempt();

  ControllerOptions options_;
  BlockChoice choice_;
  std::deque<QueuedPayload> direct_;
  EngineHeads heads_;
  FollowedHeads followed_;
  bool followed_had_turn_ = false;
  std::optional<Attempt> attempt_;
  std::optional<BlockNumber> below_;       ///< to be read for choice_
  std::optional<BlockNumber> safe_to_be_;  ///< after the engine's sync: yet to be read
  int safe_tries_ = 0;
  EngineSync engine_sync_ = EngineSync::kWillStart;
  InFlight in_flight_ = InFlight::kNone;
  bool engine_up_ = false;
  bool need_heads_ = true;
  int not_linked_ = 0;  ///< times in a row that the engine did not know the head's child's parent
  Duration delay_{};
  TimePoint retry_at_{};
  std::vector<ControllerEvent> events_;
};

}  // namespace opwire::opstack
