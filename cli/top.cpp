// opwire top: a running node, live, over its RPC.
#include <unistd.h>

#include <cstdio>

#include "cli/command.hpp"
#include "cli/node_rpc.hpp"
#include "cli/terminal_screen.hpp"
#include "cli/top_data.hpp"
#include "cli/top_view.hpp"
#include "opwire/base/log.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/signals.hpp"

namespace opwire::cli {
namespace {

constexpr auto kRefresh = std::chrono::seconds(1);
constexpr auto kKeys = std::chrono::milliseconds(50);  // keys and the terminal's size are looked at so often
constexpr std::size_t kPlainColumns = 120;

constexpr const char* kFooter = R"(
Heads and sync, peers with score and latency, mesh by topic, the last blocks; refreshed every second, until q or Ctrl-C.
With --once, or when the output is no terminal, it is printed once. LATE is from a block's timestamp to its arrival.

  opwire top
  opwire top --rpc http://127.0.0.1:8545 --once)";

struct TopOptions {
  NodeRpcOptions rpc;
  bool once = false;
};

class Top {
 public:
  Top(NodeRpc& node, bool once)
      : loop_(node.loop()), node_(node), live_(!once && isatty(STDOUT_FILENO) != 0), scope_(loop_) {}

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
    OPW_CO_TRY(answers.status, co_await node_.ask("opwire_status", "[]"));
    OPW_CO_TRY(answers.stats, co_await node_.ask("opp2p_peerStats", "[]"));
    OPW_CO_TRY(answers.peers, co_await node_.ask("opp2p_peers", "[true]"));
    OPW_CO_TRY(answers.blocks, co_await node_.ask("opwire_lastBlocks", "[]"));
    co_return Result<void, std::string>();
  }

  TopFrame frame() const {
    TopFrame frame;
    frame.url = node_.url();
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
  NodeRpc& node_;
  const bool live_;
  Scope scope_;
  std::optional<TopData> data_;  // of the last answers
  std::string problem_;          // why there are no newer ones
  std::optional<TerminalScreen> screen_;
  TerminalSize drawn_;
};

Task<int> run_top(NodeRpc& node, bool once) {
  Top top(node, once);
  co_return co_await top.run();
}

}  // namespace

std::vector<Command> add_top(CLI::App& root) {
  CLI::App* app = root.add_subcommand("top", "Watch a running node: heads, sync, blocks, mesh and peers, live.");
  const auto options = std::make_shared<TopOptions>();
  add_node_rpc(*app, options->rpc, "The node's RPC");
  app->add_flag("--once", options->once, "Print it once, as plain text");
  app->footer(kFooter);
  return {{app, [options] {
             (void)log::configure(*log::parse_levels("error"));
             return with_node_rpc(options->rpc, [&](NodeRpc& node) { return run_top(node, options->once); });
           }}};
}

}  // namespace opwire::cli
