#include "opwire/node/range_fetcher.hpp"

#include <algorithm>

#include "opwire/opstack/sync/errors.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"sync"};
constexpr auto kWatch = std::chrono::seconds(1);
constexpr auto kTellEvery = std::chrono::seconds(10);
constexpr auto kComplainEvery = std::chrono::minutes(1);

using opstack::BlockRange;
using opstack::Envelope;

std::uint64_t blocks_in(const BlockRange& range) noexcept {
  return range.before.value - range.after.value - 1;
}

void tell(const BlockRange& range, const opstack::RangeProgress& progress, TimePoint now) {
  const auto left = progress.seconds_left(now);
  kLog.info("fetching blocks", {{"from", range.after.value + 1},
                                {"to", range.before.value - 1},
                                {"have", progress.proved},
                                {"want", progress.wanted},
                                {"blocks_per_s", static_cast<std::uint64_t>(progress.rate(now))},
                                {"left_s", left ? std::to_string(static_cast<std::uint64_t>(*left)) : "-"},
                                {"peers", progress.peers}});
}

}  // namespace

/// The archive, and the driver where the blocks are for it.
class RangeFetcher::Sink final : public opstack::RangeSink {
 public:
  Sink(RangeFetcher& fetcher, opstack::Driver* driver)
      : fetcher_(fetcher), driver_(driver), last_at_(fetcher.loop_.now()) {}

  bool on_proved(const Envelope& envelope, const PeerId& from) override {
    fetcher_.store_.put_linked(envelope);
    last_at_ = fetcher_.loop_.now();
    last_.emplace(opstack::BlockId{envelope.payload.parent_hash, envelope.payload.number});
    return driver_ == nullptr || driver_->on_synced(envelope, from);
  }
  TimePoint last_at() const noexcept { return last_at_; }
  /// What is left of it.
  BlockRange rest(const BlockRange& range) const {
    return last_ ? BlockRange(range.after, last_->number, last_->hash) : range;
  }

 private:
  RangeFetcher& fetcher_;
  opstack::Driver* driver_;
  TimePoint last_at_;
  std::optional<opstack::BlockId> last_;  // number of the lowest, hash of its parent
};

RangeFetcher::RangeFetcher(Loop& loop, opstack::PayloadClient& client, PayloadStore& store,
                           const RangeFetcherOptions& options)
    : loop_(loop), client_(client), store_(store), options_(options), asked_(loop), tasks_(loop) {}

void RangeFetcher::request(const opstack::Gap& gap) {
  // An open-ended one asks no peer.
  filling_ = gap.before.has_value();
  if (filling_ && asking_ != nullptr) asking_->cancel();
  tasks_.spawn(fill(gap));
}

Task<void> RangeFetcher::fill(opstack::Gap gap) {
  if (gap.before) {
    BlockRange range(gap.after, *gap.before, gap.top);
    range.contested = gap.contested;
    co_await fill_range(range);
  } else if (const auto& head = driver_->controller().heads().head) {
    co_await fill_above(head->id());
  }
  filling_ = false;
  asked_.notify_all();
  driver_->on_range_ended();
}

Task<void> RangeFetcher::fill_above(opstack::BlockId head) {
  for (std::uint64_t i = 0; i < options_.max_from_archive && !tasks_.cancelled(); ++i) {
    const BlockNumber above{head.number.value + 1};
    const std::vector<Envelope> next = co_await store_.at(above);
    const auto child =
        std::ranges::find(next, head.hash, [](const Envelope& each) { return each.payload.parent_hash; });
    if (child == next.end() || !driver_->on_synced(*child, std::nullopt)) co_return;
    head = {child->payload.block_hash, child->payload.number};
  }
}

Task<void> RangeFetcher::fill_range(BlockRange range) {
  const auto left = co_await take_archived(range);
  if (!left || blocks_in(*left) == 0) co_return;
  // Of a branch they are asked for one by one.
  const log::Level level = range.contested ? log::Level::kDebug : log::Level::kInfo;
  kLog.write(level, "blocks are missing", {{"from", left->after.value + 1}, {"to", left->before.value - 1}});
  Sink sink(*this, driver_);
  const auto fetched = co_await fetch(*left, sink);
  if (fetched) {
    kLog.write(level, "blocks fetched", {{"from", left->after.value + 1}, {"to", left->before.value - 1}});
  } else if (fetched.error().is(opstack::errors::kTopDisputed)) {
    const BlockRange rest = sink.rest(*left);
    kLog.warn("a block that waits hangs on one that no peer has, and is dropped",
              {{"number", rest.before.value}, {"missing", rest.before.value - 1}});
    driver_->on_range_disputed({rest.after, rest.before, rest.top});
  } else if (!tasks_.cancelled() && !is_closed(range)) {
    const BlockRange rest = sink.rest(*left);
    kLog.warn("blocks are still missing, and will be asked for again",
              {{"error", fetched.error()}, {"from", rest.after.value + 1}, {"to", rest.before.value - 1}});
  }
}

Task<std::optional<BlockRange>> RangeFetcher::take_archived(BlockRange range) {
  while (blocks_in(range) > 0 && !tasks_.cancelled()) {
    const std::optional<Envelope> found = co_await store_.by_hash(range.top);
    if (!found || found->payload.number.value + 1 != range.before.value) break;
    if (!driver_->on_synced(*found, std::nullopt)) co_return std::nullopt;
    range.before = found->payload.number;
    range.top = found->payload.parent_hash;
  }
  co_return range;
}

void RangeFetcher::backfill(const opstack::L2BlockRef& below, BlockNumber lowest) {
  if (below.number.value <= lowest.value + 1) return;
  const BlockRange range(lowest, below.number, below.parent_hash);
  backfill_left_ = blocks_in(range);
  tasks_.spawn(fetch_older(range));
}

Task<void> RangeFetcher::fetch_older(BlockRange range) {
  log::Limit complaints(kComplainEvery);
  range = co_await skip_archived(range);
  while (blocks_in(range) > 0 && !tasks_.cancelled()) {
    while (filling_ && !tasks_.cancelled()) (void)co_await asked_.wait();
    const std::uint64_t size = std::min(blocks_in(range), options_.backfill_piece);
    const BlockRange piece({range.before.value - 1 - size}, range.before, range.top);
    Sink sink(*this, nullptr);
    const auto fetched = co_await fetch(piece, sink);
    const BlockRange rest = sink.rest(range);
    const bool interrupted = !fetched && fetched.error().is(opwire::errors::kCancelled);
    if (!fetched && !interrupted && complaints.admit(loop_.now())) {
      kLog.warn("older blocks are still missing, and will be asked for again",
                {{"error", fetched.error()}, {"from", rest.after.value + 1}, {"to", rest.before.value - 1}});
    }
    if (!fetched && rest.before == range.before && !filling_) (void)co_await sleep_for(loop_, options_.backfill_retry);
    range = co_await skip_archived(rest);
  }
  if (blocks_in(range) == 0) kLog.info("older blocks are there", {{"from", range.after.value + 1}});
}

Task<BlockRange> RangeFetcher::skip_archived(BlockRange range) {
  while (blocks_in(range) > 0 && !tasks_.cancelled()) {
    const opstack::BlockId top{range.top, {range.before.value - 1}};
    const std::optional<Hash256> parent = co_await store_.parent_of(top);
    if (!parent) break;
    range = BlockRange(range.after, top.number, *parent);
  }
  backfill_left_ = blocks_in(range);
  co_return range;
}

/// Errors: PayloadClient::fetch_range()'s; kTimeout: no block came for too long.
Task<Result<void>> RangeFetcher::fetch(BlockRange range, Sink& sink) {
  while (asking_ != nullptr && !tasks_.cancelled()) (void)co_await asked_.wait();
  if (tasks_.cancelled()) co_return opwire::errors::kCancelled;
  Result<void> ended;
  Scope asking(loop_);
  asking_ = &asking;
  TimePoint told = loop_.now();
  bool given_up = false;
  Timer watch(loop_, [&] {
    given_up = loop_.now() - sink.last_at() > options_.patience;
    if (given_up || (filling_ && is_closed(range))) return asking.cancel();
    watch.arm_in(kWatch);
    const auto progress = client_.progress();
    if (!progress || loop_.now() - told < kTellEvery) return;
    told = loop_.now();
    tell(range, *progress, told);
  });
  watch.arm_in(kWatch);
  asking.spawn(ask_peers(range, sink, ended));
  co_await asking.join();
  asking_ = nullptr;
  asked_.notify_all();
  if (given_up && !ended) co_return Error(opwire::errors::kTimeout, "no peer sent one");
  co_return ended;
}

Task<void> RangeFetcher::ask_peers(BlockRange range, Sink& sink, Result<void>& ended) {
  ended = co_await client_.fetch_range(range, sink);
}

bool RangeFetcher::is_closed(const BlockRange& range) const {
  const auto& base = driver_->controller().base();
  return base && base->number.value + 1 >= range.before.value;
}

Task<void> RangeFetcher::close() {
  tasks_.cancel();
  if (asking_ != nullptr) asking_->cancel();
  co_await tasks_.join();
}

}  // namespace opwire::node
