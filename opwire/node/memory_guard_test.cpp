#include "opwire/node/memory_guard.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::node {
namespace {

using namespace std::chrono_literals;

class Trimmed final : public StubNetwork {
 public:
  explicit Trimmed(Loop& loop) : loop_(loop) {}
  Loop& loop() override { return loop_; }
  std::size_t trim_connections() override { return ++trims, 3; }
  const PeerId& local_peer() const override { std::abort(); }
  std::vector<PeerId> connected_peers() const override { return {}; }
  bool is_connected(const PeerId&) const override { return false; }
  Task<Result<void>> connect(PeerId, std::vector<Multiaddr>) override { co_return opwire::errors::kClosed; }
  void disconnect(const PeerId&) override {}
  PeerStore& peerstore() override { return store_; }
  PeerTags& tags() override { return tags_; }
  void add_observer(NetworkObserver&) override {}
  void remove_observer(NetworkObserver&) override {}
  int trims = 0;

 private:
  Loop& loop_;
  StubPeerStore store_;
  StubPeerTags tags_;
};

class MemoryGuardTest : public testing::Test {
 protected:
  ~MemoryGuardTest() override { loop_.run(guard_.close()); }
  SimulatedLoop loop_;
  Trimmed network_{loop_};
  std::optional<std::size_t> used_ = 100;
  MemoryGuard guard_{network_, 100, [this] { return used_; }};
};

TEST_F(MemoryGuardTest, LooksNowAndThenAndLeavesAMinuteAfterATrim) {
  loop_.run_for(30s);
  EXPECT_EQ(network_.trims, 0);
  used_ = 101;
  loop_.run_for(10s);
  EXPECT_EQ(network_.trims, 1);
  loop_.run_for(50s);
  EXPECT_EQ(network_.trims, 1);
  loop_.run_for(10s);
  EXPECT_EQ(network_.trims, 2);
}

TEST_F(MemoryGuardTest, WithoutALimitOrAMeasureNothingIsClosed) {
  used_.reset();
  loop_.run_for(1min);
  used_ = 1'000'000;
  guard_.set_limit(0);
  loop_.run_for(1min);
  EXPECT_EQ(network_.trims, 0);
}

}  // namespace
}  // namespace opwire::node
