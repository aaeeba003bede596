#include "opwire/opstack/sync/range_sync.hpp"

#include <algorithm>

#include "opwire/opstack/sync/errors.hpp"
#include "opwire/opstack/sync/payload_size.hpp"

namespace opwire::opstack {
namespace {

// For each block, of peers that left.
constexpr std::size_t kLeftRemembered = 64;

BlockNumber below(BlockNumber number) noexcept {
  return {number.value - 1};
}

bool is_empty(const BlockRange& range) noexcept {
  return range.before.value <= range.after.value || range.before.value - range.after.value == 1;
}

}  // namespace

RangeSync::RangeSync(const BlockRange& range, PeerChoice& peers, const RangeOptions& options)
    : range_(range), peers_(peers), options_(options), expected_(range.top) {
  // An empty range ends where it begins, so that no arithmetic below sees one that is upside down (or at number 0).
  if (is_empty(range_)) range_.before = {range_.after.value + 1};
  next_ = below(range_.before);
  lowest_ = range_.before;
  total_ = next_.value - range_.after.value;
}

std::vector<RangeSync::Ask> RangeSync::asks(TimePoint now) {
  std::vector<Ask> out;
  if (wants_hedge(now)) ask(next_, now, out);
  for (auto at = unasked_.begin(); at != unasked_.end() && may_ask(*at, now);) {
    at = ask(*at, now, out) ? unasked_.erase(at) : std::next(at);
  }
  while (lowest_.value - 1 > range_.after.value && unasked_.size() < options_.max_in_flight &&
         may_ask(below(lowest_), now)) {
    lowest_ = below(lowest_);
    wanted_.try_emplace(lowest_);
    if (!ask(lowest_, now, out)) unasked_.insert(lowest_);
  }
  return out;
}

bool RangeSync::may_ask(BlockNumber number, TimePoint now) {
  if (in_flight_ >= options_.max_in_flight || !peers_.any_free(now)) return false;
  return number == next_ || held_bytes_ + (in_flight_ + 1) * typical_bytes_ <= options_.quarantine_bytes;
}

bool RangeSync::ask(BlockNumber number, TimePoint now, std::vector<Ask>& out) {
  Wanted& wanted = wanted_.at(number);
  const auto peer = peers_.choose(now, [&](const PeerId& candidate) {
    for (const Waits* waits : {&wanted.absent, &wanted.wrong}) {
      const auto found = waits->find(candidate);
      if (found != waits->end() && now < found->second.until) return false;
    }
    return std::ranges::find(wanted.flights, candidate, &Flight::peer) == wanted.flights.end();
  });
  if (!peer) return false;
  wanted.flights.push_back({*peer, now});
  ++in_flight_;
  out.emplace_back(*peer, number);
  return true;
}

std::optional<TimePoint> RangeSync::hedge_time() const {
  const auto top = wanted_.find(next_);
  if (top == wanted_.end() || top->second.flights.size() != 1) return std::nullopt;
  const Flight& first = top->second.flights.front();
  return first.since + std::max(options_.hedge_after, 4 * peers_.typical_time(first.peer));
}

bool RangeSync::wants_hedge(TimePoint now) const {
  const auto when = hedge_time();
  return when && now >= *when;
}

std::optional<TimePoint> RangeSync::next_wake(TimePoint now) {
  if (done()) return std::nullopt;
  std::optional<TimePoint> next;
  const auto consider = [&](std::optional<TimePoint> when) {
    if (when && *when > now && (!next || *when < *next)) next = when;
  };
  consider(peers_.next_free(now));
  consider(hedge_time());
  const auto consider_waits = [&](const Wanted& wanted) {
    for (const auto& [peer, wait] : wanted.absent) consider(wait.until);
    for (const auto& [peer, wait] : wanted.wrong) consider(wait.until);
  };
  for (const BlockNumber number : unasked_) consider_waits(wanted_.at(number));
  // Somebody else may be asked beside who is slow.
  if (wants_hedge(now)) consider_waits(wanted_.at(next_));
  return next;
}

void RangeSync::on_answer(const Ask& ask, Result<Envelope> answer, TimePoint now) {
  --in_flight_;
  const auto found = wanted_.find(ask.number);
  Duration took{};
  if (found != wanted_.end()) {
    auto& flights = found->second.flights;
    const auto flight = std::ranges::find(flights, ask.peer, &Flight::peer);
    if (flight != flights.end()) took = now - flight->since, flights.erase(flight);
  }
  if (answer) {
    peers_.on_payload(ask.peer, took);
  } else if (answer.error().is(errors::kNotFound)) {
    peers_.on_not_found(ask.peer);
  } else if (answer.error().is(opwire::errors::kCancelled) || answer.error().is(opwire::errors::kLimit)) {
    peers_.on_dropped(ask.peer);
  } else {
    peers_.on_failure(ask.peer, now);
    if (answer.error().consequence() >= Consequence::kPenalise) blamed_.push_back({ask.peer, answer.error()});
  }
  // Somebody else was faster.
  if (found == wanted_.end() || found->second.held) return;

  Wanted& wanted = found->second;
  if (answer) {
    hold(found->first, {std::move(*answer), ask.peer});
    return prove(now);
  }
  if (answer.error().is(errors::kNotFound)) {
    put_off(wanted.absent, ask.peer, options_.retry_missing, options_.longest_retry, now);
  }
  if (wanted.flights.empty()) unasked_.insert(ask.number);
}

void RangeSync::hold(BlockNumber number, Proved block) {
  Wanted& wanted = wanted_.at(number);
  wanted.bytes = memory_size(block.envelope);
  ++held_;
  held_bytes_ += wanted.bytes;
  typical_bytes_ = (7 * typical_bytes_ + wanted.bytes) / 8;
  wanted.held = std::move(block);
  // Blocks may be larger than those before: what will be proved last is let go, and asked for again.
  for (auto at = wanted_.begin(); held_bytes_ > options_.quarantine_bytes && at->first != next_; ++at) {
    if (!at->second.held) continue;
    at->second.held.reset();
    --held_;
    held_bytes_ -= at->second.bytes;
    if (at->second.flights.empty()) unasked_.insert(at->first);
  }
}

void RangeSync::prove(TimePoint now) {
  while (!done()) {
    const auto top = wanted_.find(next_);
    if (top == wanted_.end() || !top->second.held) return;
    --held_;
    held_bytes_ -= top->second.bytes;
    Proved block = std::move(*top->second.held);
    top->second.held.reset();
    if (block.envelope.payload.block_hash != expected_) return refuse(next_, block.from, now);
    // Below it they were accused at once.
    for (const auto& [sender, wait] : top->second.wrong) {
      if (is_uppermost(next_) && !range_.contested && sender != block.from) accuse(sender, now);
    }
    expected_ = block.envelope.payload.parent_hash;
    proved_.push_back(std::move(block));
    unasked_.erase(next_);
    wanted_.erase(top);
    next_ = below(next_);
  }
}

// It is a block, but not the chain's.
void RangeSync::refuse(BlockNumber number, const PeerId& sender, TimePoint now) {
  Wanted& wanted = wanted_.at(number);
  // On a branch most peers have the other block at first, and this one soon.
  const Duration first = range_.contested ? options_.retry_missing : options_.retry_wrong;
  put_off(wanted.wrong, sender, first, options_.longest_retry_wrong, now);
  if (is_uppermost(number)) {
    disputed_ = !range_.contested && all_are_wrong(wanted);
  } else {
    accuse(sender, now);
  }
  if (wanted.flights.empty()) unasked_.insert(number);
}

void RangeSync::put_off(Waits& waits, const PeerId& peer, Duration first, Duration longest, TimePoint now) {
  if (waits.size() >= peers_.size() + kLeftRemembered) {
    std::erase_if(waits, [&](const auto& entry) { return !peers_.contains(entry.first); });
  }
  Wait& wait = waits.try_emplace(peer, Wait{now, first}).first->second;
  wait.until = now + wait.next;
  wait.next = std::min(2 * wait.next, longest);
}

void RangeSync::accuse(const PeerId& sender, TimePoint now) {
  peers_.on_forgery(sender, now);
  blamed_.push_back({sender, Error(errors::kNotLinked)});
}

// Those too that may be asked again by now: with many peers the first are before the last has answered.
bool RangeSync::all_are_wrong(const Wanted& wanted) const {
  const auto is_here = [&](const auto& entry) { return peers_.contains(entry.first); };
  const auto here = static_cast<std::size_t>(std::ranges::count_if(wanted.wrong, is_here));
  return here > 0 && here == peers_.size();
}

std::vector<RangeSync::Proved> RangeSync::take_proved() {
  return std::exchange(proved_, {});
}

std::vector<RangeSync::Blame> RangeSync::take_blamed() {
  return std::exchange(blamed_, {});
}

}  // namespace opwire::opstack
