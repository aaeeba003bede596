#include "opwire/node/chain_sync.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/node/errors.hpp"
#include "opwire/opstack/driver/embedded_engine.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/engine/engine_api.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"chain"};
// How far below the head that was set its record is looked for: it may not have been written before a kill.
constexpr std::uint64_t kHeadSearch = 256;

using opstack::Envelope;
using opstack::L2BlockRef;

std::uint64_t blocks_in(Duration time, std::uint64_t block_time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::max(time, Duration::zero())).count();
  const std::uint64_t every = std::max<std::uint64_t>(block_time, 1);
  return (static_cast<std::uint64_t>(seconds) + every - 1) / every;
}

opstack::DriverOptions driver_options(const Config& config) {
  opstack::DriverOptions options;
  options.controller.mode = config.driver->mode;
  options.controller.req_resp = config.driver->req_resp;
  options.controller.genesis = config.rollup.genesis.l2.hash;
  options.controller.genesis_number = config.rollup.genesis.l2.number;
  options.controller.safe_distance = blocks_in(config.driver->offset_safe, config.rollup.block_time);
  const auto& engine = config.driver->engine;
  options.controller.engine_syncs_after_finalization = engine && engine->syncs_after_finalization;
  options.gaps.block_time = std::chrono::seconds(config.rollup.block_time);
  return options;
}

std::string shown(const std::optional<L2BlockRef>& block) {
  if (!block) return "none";
  return std::to_string(block->number.value) + " " + codec::to_hex0x(block->hash.view());
}

std::string shown(const std::optional<PeerId>& peer) {
  return peer ? peer->to_string() : "-";
}

}  // namespace

ChainSync::ChainSync(Host& host, WorkerPool& pool, const Config& config, PeerEvents& events)
    : host_(host),
      config_(config),
      store_(host.loop(), pool),
      client_(host.network(), pool, config.rollup.l2_chain_id, opstack::BlockSchedule(config.rollup), &events,
              config.sync_client),
      fetcher_(host.loop(), client_, store_),
      tasks_(host.loop()) {
  if (!config.sync_req_resp) return;
  server_.emplace(host.network(), config.rollup.l2_chain_id, opstack::BlockSchedule(config.rollup), store_,
                  config.sync_server);
}
ChainSync::~ChainSync() = default;

Task<Result<void, std::string>> ChainSync::start(WorkerPool* store_thread, rpc::Caller* engine) {
  if (config_.archive) OPW_CO_TRYV(co_await open_archive(*store_thread));
  if (!config_.driver) co_return Result<void, std::string>();
  co_await make_engine(engine);
  store_.use_engine(*engine_);
  driver_ = std::make_unique<opstack::Driver>(host_.loop(), *engine_, fetcher_, this, driver_options(config_));
  fetcher_.attach(*driver_);
  tasks_.spawn(drive());
  co_return Result<void, std::string>();
}

Task<Result<void, std::string>> ChainSync::open_archive(WorkerPool& store_thread) {
  store::PayloadArchiveOptions options(config_.archive->file, config_.rollup.l2_chain_id);
  options.bounds = config_.archive->bounds;
  options.reset_damaged = config_.archive->reset_damaged;
  auto opened = co_await store::PayloadArchive::open(host_.loop(), store_thread, std::move(options));
  if (!opened) co_return "--archive.path: " + opened.error().text;
  const store::ArchiveExtent& stored = (*opened)->status().stored;
  kLog.info("archive", {{"file", config_.archive->file.string()},
                        {"blocks", stored.count},
                        {"lowest", stored.lowest ? std::to_string(stored.lowest->value) : "-"},
                        {"highest", stored.highest ? std::to_string(stored.highest->value) : "-"}});
  store_.use_archive(std::move(*opened));
  co_return Result<void, std::string>();
}

Task<void> ChainSync::make_engine(rpc::Caller* caller) {
  if (caller == nullptr) {
    engine_ = std::make_unique<opstack::EmbeddedEngine>(co_await embedded_options());
    co_return;
  }
  opstack::EngineApiOptions options;
  options.timeout = config_.driver->engine->timeout;
  engine_ = std::make_unique<opstack::EngineApi>(host_.loop(), *caller, config_.rollup, options);
}

Task<opstack::EmbeddedEngineOptions> ChainSync::embedded_options() {
  opstack::EmbeddedEngineOptions options;
  const std::optional<Envelope> head = co_await archived_head();
  if (head) {
    options.start = opstack::block_ref(head->payload).value();
    options.start_is_final = false;
  } else if (config_.driver->from_genesis) {
    const opstack::Genesis& genesis = config_.rollup.genesis;
    options.start.emplace();
    options.start->hash = genesis.l2.hash;
    options.start->number = genesis.l2.number;
    options.start->timestamp = genesis.l2_time;
    options.start->l1_origin = genesis.l1;
  }
  co_return options;
}

/// Where the embedded engine was, or a little below.
Task<std::optional<Envelope>> ChainSync::archived_head() {
  if (!store_.archive()) co_return std::nullopt;
  const store::ArchiveExtent stored = store_.archive()->status().stored;
  if (!stored.highest) co_return std::nullopt;
  if (stored.head) {
    auto head = co_await store_.by_hash(stored.head->hash);
    if (head && opstack::block_ref(head->payload)) co_return head;
  }
  const std::uint64_t top = std::min(stored.head ? stored.head->number : *stored.highest, *stored.highest).value;
  for (std::uint64_t number = top; number + kHeadSearch > top && number >= stored.lowest->value; --number) {
    const BlockNumber place{number};
    const std::vector<Envelope> found = co_await store_.at(place);
    if (!found.empty() && opstack::block_ref(found.front().payload)) co_return found.front();
    if (number == 0) break;
  }
  co_return std::nullopt;
}

Task<void> ChainSync::drive() {
  // What was archived above the head shows the driver the gap between.
  if (store_.archive() && store_.archive()->status().stored.highest) {
    const std::vector<Envelope> top = co_await store_.at(*store_.archive()->status().stored.highest);
    if (!top.empty()) (void)driver_->on_own(top.front());
  }
  co_await driver_->run();
}

void ChainSync::on_block(const opstack::AcceptedBlock& block) {
  store_.put_signed(block.envelope, block.body);
  if (driver_) driver_->on_block(block);
}

void ChainSync::on_published(const opstack::CheckedBlock& block) {
  store_.put_signed(block.envelope, block.body);
  if (driver_) (void)driver_->on_own(block.envelope);
}

// The archive's kinds are a signature, or a block above that names this one: a posted block has neither.
Result<void> ChainSync::on_posted(const Envelope& envelope) {
  if (!driver_) return errors::kNotDriven;
  return driver_->on_own(envelope);
}

void ChainSync::on_followed(const L2BlockRef& safe, const L2BlockRef& finalized) {
  if (driver_) driver_->on_followed(safe, finalized);
}

Task<Result<std::optional<Hash256>>> ChainSync::block_hash(BlockNumber number) {
  if (!engine_) co_return errors::kNotDriven;
  OPW_CO_TRY(const auto block, co_await engine_->block(number));
  co_return block ? std::optional(block->hash) : std::nullopt;
}

Task<Result<void>> ChainSync::fetch_range(opstack::BlockRange range, opstack::RangeSink& sink) {
  return client_.fetch_range(range, sink);
}

void ChainSync::on_driver_event(const opstack::ControllerEvent& event) {
  if (const auto* const moved = std::get_if<opstack::HeadMoved>(&event)) {
    on_head(*moved);
  } else if (const auto* const dropped = std::get_if<opstack::PayloadDropped>(&event)) {
    kLog.warn("block dropped", {{"number", dropped->block.number.value},
                                {"hash", codec::to_hex0x(dropped->block.hash.view())},
                                {"reason", dropped->why},
                                {"peer", shown(dropped->from)}});
  } else if (const auto* const branch = std::get_if<opstack::BranchSought>(&event)) {
    on_branch(*branch);
  } else if (const auto* const followed = std::get_if<opstack::FollowedNotTaken>(&event)) {
    if (engine_line_.admit(host_.loop().now())) {
      kLog.info("the execution engine does not take the followed safe block yet", {{"reason", followed->why}});
    }
  } else if (const auto* const again = std::get_if<opstack::StartedAgain>(&event)) {
    // Cancelled: an ordinary stop, in the middle of a call.
    if (!again->why.is(opwire::errors::kCancelled) && engine_line_.admit(host_.loop().now())) {
      kLog.warn("execution engine's heads are read again", {{"reason", again->why}});
    }
  }
  for (opstack::DriverObserver* observer : observers_) observer->on_driver_event(event);
}

void ChainSync::on_branch(const opstack::BranchSought& branch) {
  branch_sought_ = true;
  const log::Level level = branch.first ? log::Level::kWarn : log::Level::kDebug;
  kLog.write(level, "the sequencer's chain does not hang on our head; it is followed down to where it leaves ours",
             {{"number", branch.waits.number.value},
              {"hash", codec::to_hex0x(branch.waits.hash.view())},
              {"head", shown(branch.above)}});
}

void ChainSync::on_head(const opstack::HeadMoved& moved) {
  if (moved.reorg) {
    // An engine that was killed may be back without its last blocks.
    const bool behind = !branch_sought_ && moved.from && (!moved.to || moved.to->number < moved.from->number);
    kLog.warn(behind ? "the unsafe head went back" : "reorg of the unsafe chain",
              {{"from", shown(moved.from)}, {"to", shown(moved.to)}});
  }
  branch_sought_ = false;
  if (!moved.to) return;
  if (!moved.from) {
    kLog.info("the engine's head",
              {{"number", moved.to->number.value}, {"hash", codec::to_hex0x(moved.to->hash.view())}});
  }
  kLog.debug("unsafe head", {{"number", moved.to->number.value}, {"hash", codec::to_hex0x(moved.to->hash.view())}});
  store_.set_head(moved.to->id());
  begin_backfill(*moved.to);
}

void ChainSync::begin_backfill(const L2BlockRef& head) {
  if (config_.driver->backfill == 0 || std::exchange(backfilled_, true)) return;
  const std::uint64_t distance = std::min(config_.driver->backfill + 1, head.number.value);
  const BlockNumber lowest{head.number.value - distance};
  fetcher_.backfill(head, std::max(lowest, config_.rollup.genesis.l2.number));
}

std::optional<opstack::ServerCounts> ChainSync::served() const {
  return server_ ? std::optional(server_->counts()) : std::nullopt;
}

std::optional<ChainStatus> ChainSync::status() const {
  if (!driver_) return std::nullopt;
  ChainStatus status;
  status.heads = driver_->controller().heads();
  status.engine_ready = driver_->controller().ready();
  status.queued = driver_->controller().queue().size();
  status.queued_bytes = driver_->controller().queue().bytes();
  status.gap = driver_->gaps().under_way();
  status.backfill_left = fetcher_.backfill_left();
  return status;
}

Task<void> ChainSync::close() {
  // The driver first: until it has ended it may ask for blocks.
  tasks_.cancel();
  co_await tasks_.join();
  co_await fetcher_.close();
  co_await store_.close();
}

}  // namespace opwire::node
