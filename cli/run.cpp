// opwire run: follow a chain's blocks.
#include <unistd.h>

#include <cstdio>

#include "cli/command.hpp"
#include "cli/endpoint_options.hpp"
#include "cli/flag_listing.hpp"
#include "cli/reload.hpp"
#include "cli/run_options.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/node/feed.hpp"
#include "opwire/node/key_file.hpp"
#include "opwire/node/node.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr log::Logger kLog{"run"};
constexpr auto kStatusInterval = std::chrono::seconds(10);

constexpr const char* kFooter =
    R"(Values come from, in this order: the command line, OPWIRE_* variables, OP_NODE_* variables, the config file, the
default. [NAME] after a flag's text is its variable: OPWIRE_NAME, and OP_NODE_NAME where op-node has it.
All other flags of op-node are accepted too; those whose part is not in opwire yet are named in one warning.
Durations are written as in Go: 30s, 1m30s, 10m. A truth value is --flag or --flag=false.

  opwire run --network op-mainnet
  opwire run --network op-mainnet --p2p.no-discovery --p2p.static /ip4/203.0.113.7/tcp/9222/p2p/16Uiu2…
  opwire run --rollup.config rollup.json --p2p.unsafe.block.signer 0x… --feed -

On SIGHUP it reads the config file again: static peers, --p2p.block, --p2p.peers.*, --p2p.limits.*, --p2p.ban.* and the
log level change at once, and the log names what else would need a restart. It ends on SIGINT or SIGTERM with 0; a second one ends it at once. 2: a flag, file or variable is wrong, or the port is
taken.)";

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

std::string join(const std::vector<Multiaddr>& addresses) {
  std::string text;
  for (const Multiaddr& address : addresses) text += (text.empty() ? "" : " ") + address.to_string();
  return text;
}

void log_start(node::Node& node) {
  const node::Config& config = node.config();
  if (!config.p2p) kLog.warn("P2P is off (--p2p.disable): no block comes from peers, and none goes to them");
  kLog.info("following", {{"chain", config.chain_name},
                          {"chain_id", config.rollup.l2_chain_id.value},
                          {"signer", codec::to_checksum_hex(config.unsafe_block_signer)},
                          {"static_peers", config.static_peers.size()}});
  if (config.p2p) kLog.info("listening", {{"addresses", join(node.host().addresses())}});
  if (config.unsafe_block_signer.is_zero() && !config.l1) {
    kLog.warn(
        "no block signer is known for this chain, so every block is ignored; set --p2p.unsafe.block.signer or --l1");
  }
}

std::string head_of(const node::Status& status) {
  if (!status.chain || !status.chain->heads.head) return "-";
  return std::to_string(status.chain->heads.head->number.value);
}

/// Blocks between the head and those that wait.
std::uint64_t missing(const node::Status& status) {
  if (!status.chain || !status.chain->gap || !status.chain->gap->before) return 0;
  return status.chain->gap->before->value - status.chain->gap->after.value - 1;
}

void log_status(node::Node& node, WallTime now) {
  const node::Status status = node.status();
  const opstack::RollupConfig& rollup = node.config().rollup;
  const opstack::BlockTopics topics(rollup.l2_chain_id);
  const std::uint64_t seconds = unix_seconds(now);
  const std::string& topic = topics.name(rollup.forks.payload_version(seconds));
  const std::string age =
      status.last_timestamp ? std::to_string(seconds - std::min(seconds, *status.last_timestamp)) : "-";
  kLog.info("status", {{"peers", status.peers},
                       {"without_topic_ids", status.peers_without_topic_ids},
                       {"mesh", status.mesh.at(topic)},
                       {"block", status.last_block ? std::to_string(status.last_block->value) : "-"},
                       {"age_s", age},
                       {"head", head_of(status)},
                       {"missing", missing(status)},
                       {"accepted", status.accepted},
                       {"rejected", status.rejected},
                       {"ignored", status.ignored},
                       {"throttled", status.throttled},
                       {"candidates", status.discovery ? status.discovery->finder.candidates : 0},
                       {"live_nodes", status.discovery ? status.discovery->finder.table_live : 0}});
}

/// What somebody without peers should look at first.
std::string why_alone(const node::Status& status) {
  if (!status.discovery) return "discovery is off, and no static peer is connected";
  const opstack::PeerFinderStatus& finder = status.discovery->finder;
  if (finder.table_live == 0) return "no node answers over UDP: check that it may leave, and --p2p.bootnodes";
  if (finder.candidates == 0) return "nodes answer, but none of this chain was heard of yet";
  const std::string reason = finder.last_dial_error ? ": " + finder.last_dial_error->message() : "";
  return "peers are known, but none could be reached" + reason;
}

/// Tells once a minute that there is nobody.
class LonelinessWarning {
 public:
  void look(const node::Node& node, TimePoint now) {
    if (!node.config().p2p) return;
    const node::Status status = node.status();
    if (status.peers > 0 || since_ == TimePoint{}) since_ = now;
    if (now - since_ < kPatience) return;
    since_ = now;
    kLog.warn("no peers for a minute", {{"why", why_alone(status)}});
  }

 private:
  static constexpr auto kPatience = std::chrono::minutes(1);
  TimePoint since_{};
};

/// A node from its start to the signal that ends it.
class Run {
 public:
  Run(Loop& loop, node::Node& node, node::EndpointsConfig endpoints, Reloader& reloader, bool terminal)
      : loop_(loop),
        node_(node),
        endpoints_config_(std::move(endpoints)),
        reloader_(reloader),
        terminal_(terminal),
        changed_(loop) {}

  Task<int> run() {
    const StopSignals signals(loop_, [this] {
      stopped_ = true;
      changed_.notify_all();
    });
    const HangupSignal hangup(loop_, [this] { (void)reload(); });
    log_start(node_);
    Scope starting(loop_);
    starting.spawn(start());  // names may take seconds, and a signal is not to wait for them
    while (!started_ && !stopped_) co_await changed_.wait();
    if (started_ && *started_) co_await follow();
    const std::string failure = !stopped_ && !*started_ ? started_->error() : "";
    if (failure.empty()) kLog.info("stopping");
    const bool early = !started_;
    if (early) co_await node_.close();  // ends its start
    co_await starting.join();
    if (endpoints_) co_await endpoints_->close();
    if (!early) co_await node_.close();
    co_return failure.empty() ? kOk : fail(kUsage, failure);
  }

 private:
  Task<void> start() {
    started_.emplace(co_await start_all());
    changed_.notify_all();
  }

  Task<Result<void, std::string>> start_all() {
    OPW_CO_TRYV(co_await node_.start());
    if (stopped_) co_return Result<void, std::string>();
    node::ApiParts parts = node::parts_of(node_, "v" OPWIRE_VERSION);
    parts.set_log_level = [this](const std::string& text) { return reloader_.set_log_level(text); };
    parts.reload = [this] { return reload(); };
    OPW_CO_TRY(endpoints_, co_await node::Endpoints::start(std::move(parts), endpoints_config_));
    node_.add_sink(*endpoints_);
    node_.chain().add_observer(*endpoints_);
    co_return Result<void, std::string>();
  }

  Result<node::ReloadReport, std::string> reload() {
    if (stopped_) return std::string("the node is stopping");
    auto report = reloader_.reload();
    if (!report) {
      kLog.error("the configuration stays as it was", {{"why", report.error()}});
    } else {
      kLog.info("the configuration was read again", {{"changed", listed(report->changed)}});
      if (!report->needs_restart.empty()) {
        kLog.warn("these flags have changed and need a restart", {{"flags", listed(report->needs_restart)}});
      }
    }
    return report;
  }

  Task<void> follow() {
    LonelinessWarning loneliness;
    TimePoint next = loop_.now() + kStatusInterval;
    while (!stopped_) {
      const Wake wake = co_await changed_.wait_until(next);
      if (wake != Wake::kTimeout) continue;
      if (terminal_) log_status(node_, loop_.wall_now());
      loneliness.look(node_, loop_.now());
      next += kStatusInterval;
    }
  }

  Loop& loop_;
  node::Node& node_;
  const node::EndpointsConfig endpoints_config_;
  Reloader& reloader_;
  const bool terminal_;
  Event changed_;
  bool stopped_ = false;
  std::optional<Result<void, std::string>> started_;
  std::unique_ptr<node::Endpoints> endpoints_;
};

/// What can be found wrong before anything is made.
struct Plan {
  node::Config config;
  std::string new_key_file;
  std::string engine_secret;  ///< file
  std::string rpc_secret;     ///< file; empty: none is asked for
  std::string feed;
  node::EndpointsConfig endpoints;
  std::vector<std::string> warnings;
};

Result<Plan, std::string> make_plan(const FlagValues& flags) {
  OPW_TRY(ChosenChain chain, choose_chain(flags));
  SystemRng rng;
  OPW_TRY(const PeerKey key, make_peer_key(flags, rng));
  OPW_TRY(node::Config config, make_config(flags, chain, key.key));
  OPW_TRY(node::EndpointsConfig endpoints, endpoints_config(flags));
  std::vector<std::string> warnings = std::move(chain.warnings);
  warnings.insert(warnings.end(), key.warnings.begin(), key.warnings.end());
  return Plan{std::move(config),  key.new_file,         flags.text("l2.jwt-secret"), flags.text("rpc.jwt-secret"),
              flags.text("feed"), std::move(endpoints), std::move(warnings)};
}

// who: whose the secret is, for the log.
Result<rpc::Jwt, std::string> load_secret(const std::string& file, const char* flag, const char* who) {
  SystemRng rng;
  const auto secret = rpc::read_or_create_jwt_file(file, rng);
  if (!secret) return flag + (": " + secret.error());
  if (secret->created) kLog.info("made a new secret", {{"file", file}, {"for", who}});
  return secret->jwt;
}

Result<void, std::string> load_secrets(Plan& plan) {
  if (plan.config.driver->engine) {
    OPW_TRY(plan.config.driver->engine->jwt,
            load_secret(plan.engine_secret, "--l2.jwt-secret", "the engine, which needs the same"));
  }
  if (!plan.rpc_secret.empty()) {
    OPW_TRY(plan.endpoints.jwt, load_secret(plan.rpc_secret, "--rpc.jwt-secret", "who uses the RPC"));
  }
  return {};
}

void log_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) kLog.warn(warning);
}

int run_node(Plan plan, const CommandLine& command_line, const FlagValues& flags, bool terminal) {
  ReactorLoop loop;
  WorkerPool pool;
  std::unique_ptr<node::Feed> feed;
  if (!plan.new_key_file.empty()) {
    const auto created = node::create_key_file(plan.new_key_file, plan.config.peer_key);
    if (!created) return fail(kUsage, "--p2p.priv.path: " + created.error());
    kLog.info("made a new peer key", {{"file", plan.new_key_file}});
  }
  const auto secrets = load_secrets(plan);
  if (!secrets) return fail(kUsage, secrets.error());
  if (!plan.feed.empty()) {
    auto opened = node::Feed::open(loop, plan.feed);
    if (!opened) return fail(kUsage, "--feed: " + opened.error());
    feed = std::move(*opened);
  }
  auto node = node::Node::make(loop, pool, std::move(plan.config));
  if (!node) return fail(kUsage, node.error());
  if (feed) (*node)->add_sink(*feed);
  Reloader reloader(command_line, flags, **node, terminal);
  Run run(loop, **node, std::move(plan.endpoints), reloader, terminal);
  return loop.run(run.run());
}

int run(const CommandLine& command_line) {
  const auto flags = load_flags(command_line, read_environment());
  if (!flags) return fail(kUsage, flags.error());
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto log_options = make_log_options(flags->values, terminal);
  if (!log_options) return fail(kUsage, log_options.error());
  const auto configured = log::configure(*log_options);
  if (!configured) return fail(kUsage, "--log.level: " + configured.error());
  auto plan = make_plan(flags->values);
  if (!plan) return fail(kUsage, plan.error());
  log_warnings(flags->warnings);
  log_warnings(plan->warnings);
  return run_node(std::move(*plan), command_line, flags->values, terminal);
}

std::string help_text(const FlagSpec& flag) {
  std::string text(flag.help);
  if (flag.type == FlagType::kBool && flag.default_value == "true") text += "; default: true";
  const std::vector<std::string> suffixes = env_suffixes(flag);
  if (!suffixes.empty()) text += " [" + suffixes.front() + "]";
  return text;
}

void add_flag(CLI::App& app, const FlagSpec& flag) {
  const std::string name = "--" + std::string(flag.name);
  const std::string help = help_text(flag);
  CLI::Option* option = nullptr;
  if (flag.type == FlagType::kBool) {
    option = app.add_flag(name, help);
  } else {
    option = app.add_option(name, help);
    option->expected(1)->allow_extra_args(false)->type_name(value_name(flag.type));
    if (!flag.default_value.empty()) option->default_str(std::string(flag.default_value));
  }
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->group(flag_group(flag));
}

}  // namespace

std::vector<Command> add_run(CLI::App& root) {
  CLI::App* app = root.add_subcommand("run", "Follow a chain: connect, check its blocks, pass them on.");
  for (const FlagSpec* flag : all_flags()) add_flag(*app, *flag);
  const std::string listing_help = "All flags as JSON, and nothing else";
  const CLI::Option* listing = app->add_flag("--list-flags", listing_help)->group("");
  app->footer(kFooter);
  return {{app, [app, listing] {
             if (listing->count() > 0) {
               std::printf("%s\n", flag_listing().c_str());
               return static_cast<int>(kOk);
             }
             CommandLine given;
             for (const FlagSpec* flag : all_flags()) {
               const CLI::Option* option = app->get_option("--" + std::string(flag->name));
               if (option->count() > 0) given[std::string(flag->name)] = option->results();
             }
             return run(given);
           }}};
}

}  // namespace opwire::cli
