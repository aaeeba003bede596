// opwire top: a running node, live, over its RPC.
#include <unistd.h>

#include <cstdio>

#include "cli/command.hpp"
#include "cli/printable.hpp"
#include "cli/terminal_screen.hpp"
#include "cli/top_data.hpp"
#include "cli/top_view.hpp"
#include "opwire/base/log.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr auto kRefresh = std::chrono::seconds(1);
constexpr auto kKeys = std::chrono::milliseconds(50);  // keys and the terminal's size are looked at so often
constexpr auto kCallLimit = std::chrono::seconds(5);
constexpr std::size_t kMaxAnswer = 16 * 1024 * 1024;
constexpr std::size_t kPlainColumns = 120;
constexpr std::int64_t kNoSuchMethod = -32601;

constexpr const char* kFooter = R"(
Heads and sync, peers with score and latency, mesh by topic, the last blocks; refreshed every second, until q or Ctrl-C.
With --once, or when the output is no terminal, it is printed once. LATE is from a block's timestamp to its arrival.

  opwire top
  opwire top --rpc http://127.0.0.1:8545 --once)";

struct TopOptions {
  std::string rpc = "http://127.0.0.1:9545";
  bool once = false;
};

class Top {
 public:
  Top(Loop& loop, rpc::Caller& caller, const TopOptions& options, std::string url)
      : loop_(loop),
        caller_(caller),
        live_(!options.once && isatty(STDOUT_FILENO) != 0),
        url_(std::move(url)),
        scope_(loop) {}

  Task<int> run() {
    const StopSignals signals(loop_, [this] { scope_.cancel(); });
    scope_.spawn(begin());
    co_await scope_.join();
    screen_.reset();
    if (data_) co_return kOk;
    if (problem_.empty()) co_return kOk;  // stopped before there was an answer
    co_return fail(kFailed, problem_);
  }

 private:
  Task<void> begin() {
    co_await refresh();
    if (!data_ || scope_.cancelled()) co_return;
    if (!live_) {
      print();
      co_return;
    }
    screen_.emplace();
    draw();
    scope_.spawn(watch_keys());
    while (co_await sleep_for(loop_, kRefresh)) {
      co_await refresh();
      draw();
    }
  }

  Task<void> watch_keys() {
    while (co_await sleep_for(loop_, kKeys)) {
      for (auto key = screen_->key(); key; key = screen_->key()) {
        if (*key == 'q' || *key == 'Q') scope_.cancel();
      }
      if (terminal_size() != drawn_) draw();
    }
  }

  Task<void> refresh() {
    TopAnswers answers;
    const Result<void, std::string> asked = co_await ask_all(answers);
    if (scope_.cancelled()) co_return;
    problem_ = asked ? std::string() : asked.error();
    if (asked) data_ = read_top(answers);
  }

  Task<Result<void, std::string>> ask_all(TopAnswers& answers) {
    OPW_CO_TRY(answers.status, co_await ask("opwire_status", "[]"));
    OPW_CO_TRY(answers.stats, co_await ask("opp2p_peerStats", "[]"));
    OPW_CO_TRY(answers.peers, co_await ask("opp2p_peers", "[true]"));
    OPW_CO_TRY(answers.blocks, co_await ask("opwire_lastBlocks", "[]"));
    co_return Result<void, std::string>();
  }

  Task<Result<boost::json::value, std::string>> ask(std::string method, std::string params) {
    const std::string name = method;
    auto reply = co_await caller_.call(std::move(method), std::move(params), loop_.now() + kCallLimit);
    if (!reply) {
      co_return "no node answers at " + url_ + ": " + printable(reply.error().message()) +
          "; is `opwire run` running, and is that its --rpc.addr and --rpc.port?";
    }
    if (reply->failure && reply->failure->code == kNoSuchMethod) {
      co_return url_ + " does not know " + name + ": it is no opwire node, or an older one";
    }
    if (reply->failure) co_return url_ + ": " + name + ": " + printable(reply->failure->message);
    co_return std::move(reply->result);
  }

  TopFrame frame() const {
    TopFrame frame;
    frame.url = url_;
    frame.problem = problem_;
    frame.now = loop_.wall_now();
    return frame;
  }
  void draw() {
    drawn_ = terminal_size();
    TopFrame frame = this->frame();
    frame.columns = drawn_.columns;
    frame.lines = drawn_.lines;
    if (screen_) screen_->draw(top_lines(*data_, frame));
  }
  void print() {
    TopFrame frame = this->frame();
    frame.columns = isatty(STDOUT_FILENO) != 0 ? terminal_size().columns : kPlainColumns;
    for (const TopLine& line : top_lines(*data_, frame)) std::printf("%s\n", line.text.c_str());
  }

  Loop& loop_;
  rpc::Caller& caller_;
  const bool live_;
  const std::string url_;
  Scope scope_;
  std::optional<TopData> data_;  // of the last answers
  std::string problem_;          // why there are no newer ones
  std::optional<TerminalScreen> screen_;
  TerminalSize drawn_;
};

Task<int> run_and_close(Loop& loop, rpc::Caller& caller, const TopOptions& options, std::string url) {
  Top top(loop, caller, options, std::move(url));
  const int code = co_await top.run();
  co_await caller.close();
  co_return code;
}

int run_top(const TopOptions& options) {
  const auto url = http::parse_url(options.rpc);
  if (!url) return fail(kUsage, "--rpc: '" + printable(options.rpc) + "': " + url.error().message());
  (void)log::configure(*log::parse_levels("error"));
  ReactorLoop loop;
  SystemRng rng;
  const auto resolver = net::CaresResolver::make(loop);
  if (!resolver) return fail(kFailed, "DNS: " + resolver.error().message());
  rpc::CallerOptions limits;
  limits.max_answer = kMaxAnswer;
  const auto caller = rpc::make_caller(loop, *url, resolver->get(), rng, limits);
  if (!caller) return fail(kUsage, "--rpc: " + caller.error().message());
  return loop.run(run_and_close(loop, **caller, options, url->to_string()));
}

}  // namespace

std::vector<Command> add_top(CLI::App& root) {
  CLI::App* app = root.add_subcommand("top", "Watch a running node: heads, sync, blocks, mesh and peers, live.");
  const auto options = std::make_shared<TopOptions>();
  app->add_option("--rpc", options->rpc, "The node's RPC")->type_name("URL")->capture_default_str();
  app->add_flag("--once", options->once, "Print it once, as plain text");
  app->footer(kFooter);
  return {{app, [options] { return run_top(*options); }}};
}

}  // namespace opwire::cli
