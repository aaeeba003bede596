// Blocks that the node lacks: gaps that the driver finds, and older ones that the operator wants (--backfill). What the
// archive has is taken from there, the rest from peers. One range is asked of peers at a time, and a gap interrupts
// older blocks.
#pragma once

#include "opwire/node/payload_store.hpp"
#include "opwire/opstack/driver/driver.hpp"
#include "opwire/opstack/sync/client.hpp"

namespace opwire::node {

struct RangeFetcherOptions {
  RangeFetcherOptions() = default;
  /// A range is given up when no block of it is proved for so long; the driver asks again for what it still lacks.
  Duration patience = std::chrono::seconds(60);
  std::uint64_t backfill_piece = 256;                  ///< blocks asked for at once
  Duration backfill_retry = std::chrono::seconds(10);  ///< when none of a piece came
  std::uint64_t max_from_archive = 2048;               ///< blocks given to the driver for an open-ended gap
};

class RangeFetcher final : public opstack::RangeRequester {
 public:
  /// All outlive it.
  RangeFetcher(Loop& loop, opstack::PayloadClient& client, PayloadStore& store,
               const RangeFetcherOptions& options = RangeFetcherOptions());

  /// Before the first request(); it outlives this one's close().
  void attach(opstack::Driver& driver) { driver_ = &driver; }

  /// An open-ended gap can only be closed by what the archive has above the head.
  void request(const opstack::Gap& gap) override;
  /// The blocks above `lowest` that are below that one, to the archive. Once.
  void backfill(const opstack::L2BlockRef& below, BlockNumber lowest);
  /// Blocks that backfill() still lacks.
  std::uint64_t backfill_left() const noexcept { return backfill_left_; }

  Task<void> close();

 private:
  class Sink;

  Task<void> fill(opstack::Gap gap);
  Task<void> fill_above(opstack::BlockId head);
  Task<void> fill_range(opstack::BlockRange range);
  /// Walks down by parent hashes. What is left of the range; none: the driver takes no more.
  Task<std::optional<opstack::BlockRange>> take_archived(opstack::BlockRange range);
  Task<void> fetch_older(opstack::BlockRange range);
  Task<opstack::BlockRange> skip_archived(opstack::BlockRange range);

  Task<Result<void>> fetch(opstack::BlockRange range, Sink& sink);
  Task<void> ask_peers(opstack::BlockRange range, Sink& sink, Result<void>& ended);
  /// The head is at its upper end: by what gossip brought.
  bool is_closed(const opstack::BlockRange& range) const;

  Loop& loop_;
  opstack::PayloadClient& client_;
  PayloadStore& store_;
  const RangeFetcherOptions options_;
  opstack::Driver* driver_ = nullptr;
  bool filling_ = false;
  Scope* asking_ = nullptr;  // peers are being asked
  Event asked_;
  std::uint64_t backfill_left_ = 0;
  Scope tasks_;
};

}  // namespace opwire::node
