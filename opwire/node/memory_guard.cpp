#include "opwire/node/memory_guard.hpp"

#include "opwire/base/log.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"node"};

}  // namespace

MemoryGuard::MemoryGuard(Network& network, std::size_t limit, Measure measure)
    : network_(network), limit_(limit), measure_(std::move(measure)), tasks_(network.loop()) {
  tasks_.spawn(run());
}

Task<void> MemoryGuard::run() {
  Duration pause = kLookEvery;
  while (true) {
    const bool slept = co_await sleep_for(network_.loop(), pause);
    if (!slept) co_return;
    pause = kLookEvery;
    const std::optional<std::size_t> used = limit_ > 0 ? measure_() : std::nullopt;
    if (!used || *used <= limit_) continue;
    const std::size_t closed = network_.trim_connections();
    kLog.warn("more memory than --p2p.limits.memory allows", {{"bytes", *used}, {"limit", limit_}, {"closed", closed}});
    pause = kPause;
  }
}

Task<void> MemoryGuard::close() {
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace opwire::node
