// opwire fetch: a range of blocks from peers, proved by the hash of its uppermost one.
#include <unistd.h>

#include <cstdio>

#include "cli/block_writer.hpp"
#include "cli/command.hpp"
#include "cli/discovery_options.hpp"
#include "cli/fetch_view.hpp"
#include "cli/visitor.hpp"
#include "opwire/base/log.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/node/node.hpp"
#include "opwire/opstack/sync/errors.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(200);

constexpr const char* kFooter = R"(
Blocks come newest first: each is proved by the parent hash of the one above it, and the uppermost by --hash, which you
take from a source that you trust. Peers that lack a block are asked again later, so a range may be waited for.

  opwire fetch 120000000 120000099 --hash 0x… --network op-mainnet > blocks.jsonl
  opwire fetch 1 50 --hash 0x… --rollup.config rollup.json --p2p.static /ip4/…/tcp/…/p2p/… --out blocks --format ssz)";

struct FetchOptions {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string hash;
  ChainOptions chain;
  std::vector<std::string> peers;
  std::vector<std::string> bootnodes;
  std::string out = "-";
  std::string format = "json";
  std::string time = "0s";
};

/// Checked.
struct Plan {
  node::Config config;
  opstack::BlockRange range;
  Duration limit{};  ///< zero: none
};

/// Unless peers are named.
Result<void, std::string> add_discovery(const FetchOptions& options, node::Config& config) {
  if (!config.static_peers.empty() && options.bootnodes.empty()) return {};
  node::DiscoveryConfig discovery;
  discovery.listen = net::Endpoint(ByteArray<4>{}, 0);
  std::vector<std::string> bootnodes = options.bootnodes;
  discovery.built_in_bootnodes = bootnodes.empty();
  if (bootnodes.empty()) bootnodes = opstack::default_bootnodes(config.rollup.l2_chain_id);
  OPW_TRY(discovery.bootnodes, parse_bootnodes(bootnodes, "--bootnodes"));
  config.discovery = std::move(discovery);
  return {};
}

Result<Plan, std::string> make_plan(const FetchOptions& options) {
  OPW_TRY(node::Config config, make_visitor_config(options.chain, options.peers));
  const std::uint64_t genesis = config.rollup.genesis.l2.number.value;
  if (options.from <= genesis || options.to < options.from) {
    return "FROM TO: both are block numbers, FROM above genesis (" + std::to_string(genesis) + ") and not above TO";
  }
  if (!opstack::BlockSchedule(config.rollup).version({options.to})) {
    return "TO: no block of number " + std::to_string(options.to) + " can exist";
  }
  const auto top = codec::from_hex_as<Hash256>(options.hash);
  if (!top) return "--hash: '" + options.hash + "' is not a block hash: 32 bytes in hex";
  OPW_TRY(const Duration limit, duration_option("--time", options.time));
  OPW_TRYV(add_discovery(options, config));
  const opstack::BlockRange range({options.from - 1}, {options.to + 1}, *top);
  return Plan{std::move(config), range, limit};
}

/// Where proved blocks go.
class FetchedBlocks final : public opstack::RangeSink {
 public:
  explicit FetchedBlocks(BlockWriter writer) : writer_(std::move(writer)) {}
  bool on_proved(const opstack::Envelope& envelope, const PeerId&) override { return writer_.write(envelope); }
  const std::string& problem() const noexcept { return writer_.problem(); }

 private:
  BlockWriter writer_;
};

class Fetch {
 public:
  Fetch(Loop& loop, node::Node& node, const Plan& plan, FetchedBlocks& blocks)
      : loop_(loop), node_(node), plan_(plan), blocks_(blocks), scope_(loop) {}

  Task<int> run() {
    const auto started = co_await node_.start();
    if (!started) co_return fail(kUsage, started.error());
    const StopSignals signals(loop_, [this] { scope_.cancel(); });
    Timer limit(loop_, [this] { scope_.cancel(); });
    if (plan_.limit > Duration::zero()) limit.arm_in(plan_.limit);
    Timer redraw(loop_, [&] {
      draw_.draw(node_.chain().progress(), loop_.now());
      redraw.arm_in(kRedraw);
    });
    if (isatty(STDERR_FILENO) != 0) redraw.arm_in(kRedraw);
    scope_.spawn(fetch());
    co_await scope_.join();
    if (redraw.armed()) draw_.erase();
    co_return report();
  }

 private:
  Task<void> fetch() { ended_ = co_await node_.chain().fetch_range(plan_.range, blocks_); }

  int report() const {
    if (ended_) return kOk;
    if (!blocks_.problem().empty()) return fail(kFailed, blocks_.problem());
    if (ended_.error().is(opstack::errors::kTopDisputed)) return fail(kFailed, "--hash: " + ended_.error().message());
    if (!ended_.error().is(errors::kCancelled)) return fail(kFailed, ended_.error().message());
    return fail(kFailed, "stopped before all blocks were there; they came newest first, and those that did are whole");
  }

  Loop& loop_;
  node::Node& node_;
  const Plan& plan_;
  FetchedBlocks& blocks_;
  Scope scope_;
  FetchProgress draw_;
  Result<void> ended_;
};

Task<int> fetch_and_close(Loop& loop, node::Node& node, const Plan& plan, FetchedBlocks& blocks) {
  Fetch fetch(loop, node, plan, blocks);
  const int code = co_await fetch.run();
  co_await node.close();
  co_return code;
}

int fetch(const FetchOptions& options) {
  auto plan = make_plan(options);
  if (!plan) return fail(kUsage, plan.error());
  auto writer = BlockWriter::make(options.out, options.format);
  if (!writer) return fail(kUsage, writer.error());
  (void)log::configure(*log::parse_levels("warn"));
  ReactorLoop loop;
  WorkerPool pool;
  const auto node = node::Node::make(loop, pool, plan->config);
  if (!node) return fail(kUsage, node.error());
  FetchedBlocks blocks(std::move(*writer));
  return loop.run(fetch_and_close(loop, **node, *plan, blocks));
}

}  // namespace

std::vector<Command> add_fetch(CLI::App& root) {
  CLI::App* app = root.add_subcommand("fetch", "Fetch blocks by number from peers, proved by a hash that you trust.");
  const auto options = std::make_shared<FetchOptions>();
  app->add_option("FROM", options->from, "First block")->required();
  app->add_option("TO", options->to, "Last block")->required();
  app->add_option("--hash", options->hash, "Hash of the last block")->required();
  add_chain_options(*app, options->chain);
  app->add_option("--p2p.static", options->peers,
                  "Peers to ask, comma-separated or repeated; default: discovery finds them")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app->add_option("--bootnodes", options->bootnodes, "Where discovery begins: enr:… or enode://…")
      ->delimiter(',')
      ->type_name("NODE,...");
  app->add_option("--out", options->out, "Folder for a file a block; -: standard output")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_option("--format", options->format, "json (the Engine API's, a line a block) or ssz")
      ->check(CLI::IsMember({"json", "ssz"}))
      ->capture_default_str();
  app->add_option("--time", options->time, "Give up after this; 0s: never")
      ->type_name("DURATION")
      ->capture_default_str();
  app->footer(kFooter);
  return {{app, [options] { return fetch(*options); }}};
}

}  // namespace opwire::cli
