// opwire devnet: a local network at work.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "cli/command.hpp"
#include "cli/devnet_view.hpp"
#include "cli/go_values.hpp"
#include "opwire/base/log.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr auto kMeshLimit = std::chrono::seconds(20);
constexpr auto kLastBlockLimit = std::chrono::seconds(10);
constexpr auto kDying = std::chrono::milliseconds(200);
constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr std::size_t kUsualLines = 24;
// With --blocks 0 or so many, a follower joins late and another is cut off.
constexpr std::uint64_t kLongRun = 50;
constexpr std::uint64_t kUsualLate = 10;
constexpr std::uint64_t kUsualCutOff = 30;

struct DevnetFlags {
  DevnetOptions options;
  std::string block_time = "2s";
  std::string fork = "isthmus";
  std::optional<std::uint64_t> late;
  std::optional<std::uint64_t> cut_off;
  std::string log_level = "warn,static=error";  // a cable that is cut is no news
};

Result<void, std::string> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text << '\n';
  if (!file.flush()) return "--out: cannot write " + path.string();
  return {};
}

/// What somebody outside needs in order to join.
Result<void, std::string> write_invitation(DevnetNetwork& network, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return "--out " + folder.string() + ": " + error.message();
  OPW_TRYV(write_file(folder / "rollup.json", opstack::to_json(network.rollup())));
  OPW_TRYV(write_file(folder / "sequencer.multiaddr", network.sequencer().host().addresses().front().to_string()));
  if (!network.bootnode().empty()) {
    OPW_TRYV(write_file(folder / "bootnode.enr", network.bootnode()));
  }
  return write_file(folder / "signer", codec::to_checksum_hex(network.sequencer().config().unsafe_block_signer));
}

std::size_t terminal_lines() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : kUsualLines;
}

/// One run, from the first block to the last.
class DevnetRun {
 public:
  DevnetRun(Loop& loop, DevnetNetwork& network, WorkerPool& pool, const DevnetOptions& options)
      : loop_(loop),
        network_(network),
        pool_(pool),
        options_(options),
        live_(isatty(STDOUT_FILENO) != 0),
        stop_(loop),
        starting_(loop) {}

  void stop() {
    stopped_ = true;
    starting_.cancel();
    network_.stop_waiting();
    stop_.notify_all();
  }

  Task<int> run() {
    starting_.spawn(start());
    co_await starting_.join();
    if (!started_ && stopped_) co_return stopped_early();
    if (!started_) co_return co_await fail_with(kUsage, started_.error());
    std::printf("devnet: chain 901, %s, %zu followers, a block every %s; sequencer at %s\n",
                std::string(opstack::to_string(options_.fork)).c_str(), network_.followers().size(),
                to_go_duration(options_.block_time).c_str(),
                network_.sequencer().host().addresses().front().to_string().c_str());
    std::fflush(stdout);
    const bool ready = co_await network_.wait_for_mesh(kMeshLimit);
    if (!ready && stopped_) co_return stopped_early();
    if (!ready)
      co_return co_await fail_with(kFailed, "the nodes found no mesh within 20 s; --log.level debug tells more");
    std::printf("the mesh stands; publishing\n");
    std::fflush(stdout);
    const bool published = co_await publish_all();
    const bool complete = published && co_await network_.wait_for_followers(kLastBlockLimit + 3 * options_.block_time);
    show();
    std::printf("%s", devnet_summary(network_).c_str());
    if (!published) co_return co_await fail_with(kFailed, failure_);
    if (!complete) co_return co_await fail_with(kFailed, "not every follower has every block");
    if (options_.blocks > 0 && !all_published()) co_return stopped_early();
    const std::size_t others = network_.followers().size() - network_.up_to_date();
    std::printf("devnet: all %zu followers have all %llu blocks%s\n", network_.up_to_date(),
                static_cast<unsigned long long>(network_.published().count),
                others > 0 ? (", and " + std::to_string(others) + " would have caught up").c_str() : "");
    co_return kOk;
  }

 private:
  Task<void> start() {
    started_ = co_await network_.start(pool_, options_);
    if (started_ && !options_.out.empty()) started_ = write_invitation(network_, options_.out);
  }

  /// An op-geth that has ended is named instead of what came of it, which is seen first.
  Task<int> fail_with(ExitCode code, std::string why) {
    if (!options_.engine.empty()) (void)co_await sleep_for(loop_, kDying);
    co_return fail(code, network_.dead_engine().value_or(why));
  }

  void show() {
    if (live_) {
      table_.draw(devnet_table(network_, terminal_lines()));
    } else if (network_.published().count > 0) {
      std::printf("%s\n", devnet_line(network_).c_str());
      std::fflush(stdout);
    }
  }

  /// Fine when it was to run until stopped.
  int stopped_early() const {
    if (options_.blocks == 0) return kOk;
    return fail(kFailed, "stopped after " + std::to_string(network_.published().count) + " of " +
                             std::to_string(options_.blocks) + " blocks");
  }

  bool all_published() const { return options_.blocks > 0 && network_.published().count >= options_.blocks; }

  Task<bool> publish_all() {
    TimePoint next = loop_.now();
    while (!stopped_) {
      const Result<void, std::string> published = co_await network_.publish_block();
      if (!published) {
        failure_ = published.error();
        co_return false;
      }
      if (const auto dead = network_.dead_engine()) {
        failure_ = *dead;
        co_return false;
      }
      if (all_published()) break;
      next = std::max(next + options_.block_time, loop_.now());  // what was missed is not made up for
      co_await wait_until(next);
      if (!live_ && !stopped_) show();
    }
    co_return true;
  }

  Task<void> wait_until(TimePoint next) {
    while (!stopped_ && loop_.now() < next) {
      if (live_) show();
      co_await stop_.wait_until(live_ ? std::min(next, loop_.now() + kRedraw) : next);
    }
  }

  Loop& loop_;
  DevnetNetwork& network_;
  WorkerPool& pool_;
  const DevnetOptions& options_;
  const bool live_;
  LiveTable table_;
  Event stop_;
  bool stopped_ = false;
  Result<void, std::string> started_;
  std::string failure_;  // of publish_all()
  Scope starting_;
};

/// Who joins late and who is cut off: in a run that is long enough, unless told otherwise.
Result<void, std::string> set_events(const DevnetFlags& flags, DevnetOptions& options) {
  const bool is_long = options.blocks == 0 || options.blocks >= kLongRun;
  options.late = flags.late.value_or(is_long ? kUsualLate : 0);
  options.cut_off = flags.cut_off.value_or(is_long ? kUsualCutOff : 0);
  if (options.blocks == 0) return {};
  if (options.late >= options.blocks) return std::string("--late: must be less than --blocks");
  if (options.cut_off > 0 && kCutOffAfter + options.cut_off >= options.blocks) {
    return "--cut-off: the cut begins after block " + std::to_string(kCutOffAfter) + " and must end before --blocks";
  }
  return {};
}

Result<DevnetOptions, std::string> check(const DevnetFlags& flags) {
  DevnetOptions options = flags.options;
  const auto block_time = parse_go_duration(flags.block_time);
  if (!block_time || *block_time < std::chrono::milliseconds(10)) {
    return "--block-time: '" + flags.block_time + "' is not a duration of at least 10ms (200ms, 2s)";
  }
  options.block_time = *block_time;
  const auto fork = opstack::parse_fork(flags.fork);
  if (!fork) return "--fork: '" + flags.fork + "' is no fork (bedrock ... ecotone, isthmus, jovian, karst)";
  options.fork = *fork;
  if (!options.engine.empty() && options.block_time < std::chrono::seconds(1)) {
    return std::string("--block-time: with --engine at least 1s, for timestamps must grow");
  }
  if (options.followers == 0 || options.followers > 200) return std::string("--followers: 1 to 200");
  OPW_TRYV(set_events(flags, options));
  if (options.transactions * options.transaction_size > 8'000'000) {
    return std::string("--txs times --tx-size: a block of more than 8 MB does not fit into gossip");
  }
  return options;
}

Task<int> run_network(Loop& loop, WorkerPool& pool, Rng& rng, const DevnetOptions& options) {
  DevnetNetwork network(loop, rng);
  DevnetRun run(loop, network, pool, options);
  const StopSignals signals(loop, [&run] { run.stop(); });  // before anything is there that has to be cleaned up
  const int code = co_await run.run();
  co_await network.close();
  co_return code;
}

int run_devnet(const DevnetFlags& flags) {
  const auto options = check(flags);
  if (!options) return fail(kUsage, options.error());
  const auto levels = log::parse_levels(flags.log_level);
  if (!levels) return fail(kUsage, "--log.level: " + levels.error());
  (void)log::configure(*levels);
  ReactorLoop loop;
  WorkerPool pool;
  SystemRng rng;
  return loop.run(run_network(loop, pool, rng, *options));
}

}  // namespace

std::vector<Command> add_devnet(CLI::App& root) {
  CLI::App* app = root.add_subcommand("devnet", "A local network at work: a sequencer signs blocks, followers accept.");
  const auto flags = std::make_shared<DevnetFlags>();
  app->add_option("--followers", flags->options.followers, "Nodes beside the sequencer")->capture_default_str();
  app->add_option("--block-time", flags->block_time, "Time between blocks")
      ->type_name("DURATION")
      ->capture_default_str();
  app->add_option("--blocks", flags->options.blocks, "End after so many blocks; 0 if all were accepted by all");
  app->add_option("--txs", flags->options.transactions, "Transactions a block")->capture_default_str();
  app->add_option("--tx-size", flags->options.transaction_size, "Bytes a transaction")->capture_default_str();
  app->add_option("--fork", flags->fork, "The newest active fork")->capture_default_str();
  app->add_option("--out", flags->options.out,
                  "Folder for rollup.json, sequencer.multiaddr, signer and bootnode.enr, to join with")
      ->type_name("FOLDER");
  app->add_flag("--discovery", flags->options.discovery, "Nodes know a bootnode only, and find each other");
  app->add_option(
      "--late", flags->late,
      "One more follower joins after so many blocks and catches up; default: 10 in runs of 50 blocks or more, "
      "else 0, none");
  app->add_option("--cut-off", flags->cut_off,
                  "One more follower is cut off for so many blocks and catches up; default: 30 or 0 likewise");
  app->add_option("--engine", flags->options.engine,
                  "op-geth for each node: the sequencer's builds the blocks, the others' execute them")
      ->type_name("GETH");
  app->add_option("--log.level", flags->log_level, "Level, or levels by module: warn,gossipsub=debug")
      ->capture_default_str();
  return {{app, [flags] { return run_devnet(*flags); }}};
}

}  // namespace opwire::cli
