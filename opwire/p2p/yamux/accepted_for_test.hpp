// The streams that a peer opens, for tests that want them one by one.
#pragma once

#include <memory>
#include <vector>

#include "opwire/p2p/core/upgrade.hpp"

namespace opwire::yamux::test {

/// Outlives the session's run().
class Accepted {
 public:
  MuxedConnection::TakeStream sink() {
    return [this](std::unique_ptr<Stream> stream) { streams_.push_back(std::move(stream)); };
  }
  /// Waits for one where none is there.
  template <class AnyLoop>
  std::unique_ptr<Stream> next(AnyLoop& loop) {
    while (streams_.empty()) loop.run(pause(loop));
    std::unique_ptr<Stream> first = std::move(streams_.front());
    streams_.erase(streams_.begin());
    return first;
  }
  bool empty() const { return streams_.empty(); }

 private:
  static Task<void> pause(Loop& loop) { co_await sleep_for(loop, std::chrono::milliseconds(1)); }

  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace opwire::yamux::test
