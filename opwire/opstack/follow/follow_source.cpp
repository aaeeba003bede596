#include "opwire/opstack/follow/follow_source.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/follow/errors.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"follow"};

std::string show(const Hash256& hash) {
  return codec::to_hex0x(hash.view());
}

}  // namespace

FollowSource::FollowSource(Loop& loop, rpc::Caller& caller, const FollowOptions& options, BlockLookup own,
                           BlockLookup l1, OnFollowed on_followed)
    : loop_(loop),
      caller_(caller),
      options_(options),
      own_(std::move(own)),
      l1_(std::move(l1)),
      on_followed_(std::move(on_followed)) {}

Task<void> FollowSource::run() {
  Duration pause = options_.interval;
  while (true) {
    const auto polled = co_await poll();
    if (polled) {
      if (failures_ > 0) kLog.info("the followed node answers again", {{"failures", failures_}});
      failures_ = 0;
      pause = options_.interval;
    } else {
      if (polled.error().is(opwire::errors::kCancelled)) co_return;
      note_failure(polled.error());
      pause = std::min(pause * 2, std::max(options_.longest_pause, options_.interval));
    }
    const bool slept = co_await sleep_for(loop_, pause);
    if (!slept) co_return;
  }
}

// The pause doubles, so the lines become few by themselves.
void FollowSource::note_failure(const Error& why) {
  ++failures_;
  kLog.warn("the followed node's state is not taken over", {{"reason", why}, {"failures", failures_}});
}

Task<Result<void>> FollowSource::poll() {
  OPW_CO_TRY(const FollowedStatus status, co_await ask());
  if (last_ != status) {
    OPW_CO_TRYV(check(status));
    OPW_CO_TRYV(co_await check_l1(status.safe));
    co_await compare_with_own(status.safe);
    last_ = status;
  }
  on_followed_(status.safe, status.finalized);
  co_return Result<void>();
}

Task<Result<FollowedStatus>> FollowSource::ask() {
  const TimePoint deadline = loop_.now() + options_.timeout;
  OPW_CO_TRY(const rpc::Reply reply, co_await caller_.call("optimism_syncStatus", "[]", deadline));
  if (!reply.failure) co_return parse_sync_status(reply.result);
  kLog.debug("the followed node answers with an error",
             {{"code", reply.failure->code}, {"message", reply.failure->message}});
  co_return errors::kFollowRefused;
}

Result<void> FollowSource::check(const FollowedStatus& status) const {
  // Before its first reset an op-node shows zeros.
  if (status.safe.hash.is_zero()) return errors::kFollowNothing;
  if (status.finalized.number > status.safe.number) return errors::kFollowOrder;
  if (!last_ || last_->finalized.hash.is_zero()) return {};
  const L2BlockRef& final = last_->finalized;
  const bool back = status.finalized.number < final.number && !status.finalized.hash.is_zero();
  const bool other = status.finalized.number == final.number && status.finalized.hash != final.hash;
  const bool safe_below = status.safe.number < final.number;
  if (other || (back && safe_below)) {
    kLog.warn("the followed node takes back a final block", {{"final", show(final.hash)},
                                                             {"number", final.number.value},
                                                             {"seen", show(status.finalized.hash)},
                                                             {"seen_number", status.finalized.number.value}});
    return errors::kFollowFinalized;
  }
  return {};
}

Task<Result<void>> FollowSource::check_l1(L2BlockRef safe) {
  if (!l1_) co_return Result<void>();
  OPW_CO_TRY(const std::optional<Hash256> ours, co_await l1_(safe.l1_origin.number));
  if (ours == safe.l1_origin.hash) co_return Result<void>();
  kLog.warn("the followed node's safe block comes from another L1 block", {{"l1_number", safe.l1_origin.number.value},
                                                                           {"theirs", show(safe.l1_origin.hash)},
                                                                           {"ours", ours ? show(*ours) : "none"}});
  co_return errors::kFollowL1;
}

// That we cannot tell is no conflict: the engine may be away, or syncing.
Task<void> FollowSource::compare_with_own(L2BlockRef safe) {
  if (!own_) co_return;
  const Result<std::optional<Hash256>> ours = co_await own_(safe.number);
  if (!ours || !*ours || **ours == safe.hash || !conflict_log_.admit(loop_.now())) co_return;
  kLog.warn("our chain is not the followed one: its safe block is taken",
            {{"number", safe.number.value}, {"theirs", show(safe.hash)}, {"ours", show(**ours)}});
}

}  // namespace opwire::opstack
