// Fetching a range of the chain backwards, without its I/O: what to ask whom, what an answer is worth, and which blocks
// are proved by now.
//
// Blocks arrive in any order from many peers; only one that is the parent of the block above it, by hash, is known to
// be the chain's. So a range hangs on the hash of its uppermost block, is proved from the top down, and what arrived
// ahead of that waits in quarantine.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/opstack/sync/peer_choice.hpp"

namespace opwire::opstack {

/// The blocks above `after` and below `before`; the uppermost has the hash `top`.
struct BlockRange {
  BlockRange(BlockNumber above, BlockNumber below, const Hash256& top_hash)
      : after(above), before(below), top(top_hash) {}
  BlockNumber after;
  BlockNumber before;
  Hash256 top;
  bool contested = false;  ///< the uppermost is of a branch: who sends another block in its place is not blamed
};

struct RangeOptions {
  RangeOptions() = default;
  std::size_t max_in_flight = 128;
  /// Of blocks that wait for the one above them, with what may still arrive of those that were asked for.
  std::size_t quarantine_bytes = std::size_t{64} << 20;
  /// The uppermost missing block is asked of a second peer when the first takes this long, and longer than four times
  /// its typical time.
  Duration hedge_after = std::chrono::milliseconds(500);
  Duration retry_missing = std::chrono::seconds(2);  ///< a peer that did not have it; twice as long after each
  Duration longest_retry = std::chrono::seconds(30);
  Duration retry_wrong = std::chrono::seconds(30);  ///< a peer that sent another block; likewise
  Duration longest_retry_wrong = std::chrono::minutes(5);
};

class RangeSync {
 public:
  /// peers outlives it and may be used by one range after the other. An empty range is done.
  RangeSync(const BlockRange& range, PeerChoice& peers, const RangeOptions& options = RangeOptions());

  struct Ask {
    Ask(const PeerId& whom, BlockNumber what) : peer(whom), number(what) {}
    PeerId peer;
    BlockNumber number;
  };
  /// What to ask now. Each ends in one call of on_answer().
  std::vector<Ask> asks(TimePoint now);
  /// When asks() may give something although nothing has happened. None: only an answer or a peer can change that.
  std::optional<TimePoint> next_wake(TimePoint now);

  /// The block's own hash has been checked. Errors kCancelled, kLimit: given up on our side, nobody's
  /// fault.
  void on_answer(const Ask& ask, Result<Envelope> answer, TimePoint now);

  struct Proved {
    Envelope envelope;
    PeerId from;
  };
  /// Blocks that are the chain's, newest first, each once.
  std::vector<Proved> take_proved();
  struct Blame {
    PeerId peer;
    Error error;
  };
  /// Peers that sent what cannot be right. Where that is another block in the place of the uppermost, its hash may be
  /// what is wrong: they are blamed when somebody else has sent the right one, and not before.
  std::vector<Blame> take_blamed();

  bool done() const noexcept { return next_ == range_.after; }
  /// Every peer that may be asked has sent another block in the place of the uppermost: its hash is wrong, or they are.
  bool disputed() const noexcept { return disputed_; }
  std::uint64_t wanted() const noexcept { return total_; }
  std::uint64_t proved() const noexcept { return range_.before.value - 1 - next_.value; }
  std::size_t quarantined() const noexcept { return held_; }
  std::size_t quarantined_bytes() const noexcept { return held_bytes_; }

 private:
  struct Flight {
    PeerId peer;
    TimePoint since;
  };
  struct Wait {
    TimePoint until;
    Duration next;
  };
  using Waits = std::map<PeerId, Wait>;
  struct Wanted {
    std::vector<Flight> flights;
    Waits absent;  // who did not have it
    Waits wrong;   // who sent another block
    std::optional<Proved> held;
    std::size_t bytes = 0;
  };

  bool ask(BlockNumber number, TimePoint now, std::vector<Ask>& out);
  bool may_ask(BlockNumber number, TimePoint now);
  bool wants_hedge(TimePoint now) const;
  std::optional<TimePoint> hedge_time() const;
  void hold(BlockNumber number, Proved block);
  void prove(TimePoint now);
  void refuse(BlockNumber number, const PeerId& sender, TimePoint now);
  void put_off(Waits& waits, const PeerId& peer, Duration first, Duration longest, TimePoint now);
  void accuse(const PeerId& sender, TimePoint now);
  bool is_uppermost(BlockNumber number) const noexcept { return number.value + 1 == range_.before.value; }
  bool all_are_wrong(const Wanted& wanted) const;

  BlockRange range_;
  PeerChoice& peers_;
  RangeOptions options_;
  std::uint64_t total_;
  BlockNumber next_;    ///< the uppermost that is not proved; range_.after: none
  BlockNumber lowest_;  ///< of those in wanted_; one above the next to be asked for
  Hash256 expected_;    ///< of next_
  std::map<BlockNumber, Wanted> wanted_;
  std::set<BlockNumber, std::greater<>> unasked_;  ///< in wanted_, and nobody is asked
  bool disputed_ = false;
  std::size_t in_flight_ = 0;
  std::size_t held_ = 0;  ///< blocks that wait
  std::size_t held_bytes_ = 0;
  std::size_t typical_bytes_ = 128 << 10;  ///< of a block, smoothed
  std::vector<Proved> proved_;
  std::vector<Blame> blamed_;
};

}  // namespace opwire::opstack
