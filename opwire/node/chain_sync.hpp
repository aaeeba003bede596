// Keeps a node on its chain: blocks of gossip go to the archive and, by the driver, to the execution engine; what is
// missing is fetched from peers; what the node has is served to them.
#pragma once

#include <memory>
#include <vector>

#include "opwire/node/config.hpp"
#include "opwire/node/range_fetcher.hpp"
#include "opwire/opstack/driver/embedded_engine.hpp"
#include "opwire/opstack/sync/server.hpp"
#include "opwire/p2p/host/host.hpp"
#include "opwire/rpc/caller.hpp"

namespace opwire::node {

struct ChainStatus {
  opstack::EngineHeads heads;
  bool engine_ready = false;
  std::size_t queued = 0;  ///< blocks that wait to become the head
  std::size_t queued_bytes = 0;
  std::optional<opstack::Gap> gap;  ///< being fetched
  std::uint64_t backfill_left = 0;
};

class ChainSync final : public opstack::BlockSink, public opstack::DriverObserver {
 public:
  /// Serves from now on, with config.sync_req_resp; all outlive it. With config.driver it follows the chain after
  /// start().
  ChainSync(Host& host, WorkerPool& pool, const Config& config, PeerEvents& events);
  ~ChainSync() override;

  /// Opens the archive, on the store thread (null without one), and begins to drive the engine (null: the embedded
  /// one), which outlives this. Once. Errors: a line for the user.
  Task<Result<void, std::string>> start(WorkerPool* store_thread, rpc::Caller* engine);

  void on_block(const opstack::AcceptedBlock& block) override;
  void on_driver_event(const opstack::ControllerEvent& event) override;
  /// A block that this node has published.
  void on_published(const opstack::CheckedBlock& block);
  /// A block that the operator vouches for. It goes to the driver and not to the archive: nobody signed it here, and
  /// nothing that is known names it as its parent. Errors: kNotDriven; the driver's.
  Result<void> on_posted(const opstack::Envelope& envelope);
  /// Of another node that derives the chain. Nothing without a driver.
  void on_followed(const opstack::L2BlockRef& safe, const opstack::L2BlockRef& finalized);
  /// Told of every event of the driver; it outlives this.
  void add_observer(opstack::DriverObserver& observer) { observers_.push_back(&observer); }

  /// A block that is known to be the chain's: it is served from now on.
  void keep(const opstack::Envelope& envelope) { store_.put_linked(envelope); }
  /// For a caller of its own, without a driver: PayloadClient::fetch_range(). Nothing is kept by itself.
  Task<Result<void>> fetch_range(opstack::BlockRange range, opstack::RangeSink& sink);
  /// Other peers may be asked now.
  void on_static_peers() { client_.look_again(); }
  /// That may be asked.
  std::size_t sync_peers() const noexcept { return client_.peers(); }
  std::optional<opstack::RangeProgress> progress() const { return client_.progress(); }
  const opstack::RequestCounts& requests() const noexcept { return client_.counts(); }

  /// Of the engine's chain; none: it has no block of that number (yet).
  Task<Result<std::optional<Hash256>>> block_hash(BlockNumber number);
  /// Null: not driven, or not started yet.
  const opstack::EngineController* controller() const noexcept { return driver_ ? &driver_->controller() : nullptr; }

  /// None: not driven, or not started yet.
  std::optional<ChainStatus> status() const;
  const store::PayloadArchive* archive() const noexcept { return store_.archive(); }
  PayloadStore::Waiting storing() const noexcept { return store_.waiting(); }
  /// None: --p2p.sync.req-resp is off.
  std::optional<opstack::ServerCounts> served() const;

  Task<void> close();

 private:
  Task<Result<void, std::string>> open_archive(WorkerPool& store_thread);
  Task<void> make_engine(rpc::Caller* caller);
  Task<opstack::EmbeddedEngineOptions> embedded_options();
  Task<std::optional<opstack::Envelope>> archived_head();
  Task<void> drive();
  void begin_backfill(const opstack::L2BlockRef& head);
  void on_head(const opstack::HeadMoved& moved);
  void on_branch(const opstack::BranchSought& branch);

  Host& host_;
  const Config& config_;
  PayloadStore store_;
  std::optional<opstack::PayloadServer> server_;
  opstack::PayloadClient client_;
  RangeFetcher fetcher_;
  std::unique_ptr<opstack::EngineClient> engine_;
  std::unique_ptr<opstack::Driver> driver_;
  std::vector<opstack::DriverObserver*> observers_;
  bool backfilled_ = false;
  bool branch_sought_ = false;  // and the head has not moved since
  log::Limit engine_line_;
  Scope tasks_;
};

}  // namespace opwire::node
