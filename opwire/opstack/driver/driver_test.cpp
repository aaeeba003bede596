#include "opwire/opstack/driver/driver.hpp"

#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/embedded_engine.hpp"
#include "opwire/opstack/driver/scripted_engine_for_test.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::seconds;

const PeerId& sender() {
  static const PeerId kPeer = PeerId::parse_text("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp").value();
  return kPeer;
}

struct Ranges final : RangeRequester {
  void request(const Gap& gap) override { asked.push_back(gap); }
  std::vector<Gap> asked;
};

template <class Engine>
class World {
 public:
  explicit World(Engine& engine, const DriverOptions& options = DriverOptions())
      : driver(loop, engine, ranges, nullptr, options), scope_(loop) {
    scope_.spawn(driver.run());
    loop.run_for(Duration(1));
  }
  ~World() {
    scope_.cancel();
    loop.run(scope_.join());
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void gossip(std::uint64_t number, const test::BlockShape& shape = {}) {
    driver.on_block({test::block(number, shape), {}, {}, {}, sender(), 0, {}, {}});
    loop.run_for(Duration(1));
  }
  std::uint64_t head() const { return driver.controller().heads().head->number.value; }

  SimulatedLoop loop{from_unix_seconds(1'700'000'020)};
  Ranges ranges;
  Driver driver;

 private:
  Scope scope_;
};

EmbeddedEngineOptions at_ten() {
  EmbeddedEngineOptions options;
  options.start = test::ref(10);
  return options;
}

TEST(Driver, GossipedBlocksMoveTheHead) {
  EmbeddedEngine engine(at_ten());
  World world(engine);
  for (const std::uint64_t number : {11, 12, 13}) world.gossip(number);
  EXPECT_EQ(world.head(), 13u);
}

TEST(Driver, ANewEmbeddedEngineStartsAtTheFirstBlock) {
  EmbeddedEngine engine;
  World world(engine);
  world.gossip(500);
  EXPECT_EQ(world.head(), 500u);
}

TEST(Driver, AGapIsAskedForOnceAndClosedNewestFirst) {
  EmbeddedEngine engine(at_ten());
  World world(engine);
  world.gossip(15);
  world.loop.run_for(seconds(20));
  ASSERT_EQ(world.ranges.asked.size(), 1u);
  EXPECT_EQ(world.ranges.asked[0], (Gap{{10}, BlockNumber{15}, test::hash(14)}));
  for (std::uint64_t number = 14; number > 10; --number) {
    EXPECT_TRUE(world.driver.on_synced(test::block(number), sender()));
  }
  world.driver.on_range_ended();
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.head(), 15u);
}

// op-node's B12: the block in the place of a wrong head is never fetched.
TEST(Driver, ABranchIsFetchedDownToOurChainAndBecomesTheHeadWhenItIsLonger) {
  EmbeddedEngine engine(at_ten());
  World world(engine);
  for (const std::uint64_t number : {11, 12, 13, 14}) world.gossip(number);
  world.gossip(14, {1, 1});
  EXPECT_EQ(world.head(), 14u) << "no longer than ours";
  world.gossip(15, {1, 1});
  ASSERT_EQ(world.ranges.asked.size(), 1u) << "without waiting for the ticker";
  for (std::uint64_t number = 14; number > 12; --number) {
    ASSERT_EQ(world.ranges.asked.back(), (Gap{{number - 1}, BlockNumber{number + 1}, test::hash(number, 1), true}));
    const std::uint8_t parent_branch = number == 13 ? 0 : 1;
    EXPECT_TRUE(world.driver.on_synced(test::block(number, {1, parent_branch}), sender()));
    world.driver.on_range_ended();
    world.loop.run_for(Duration(1));
  }
  EXPECT_EQ(world.driver.controller().heads().head->hash, test::hash(15, 1));
  world.gossip(16, {1, 1});
  EXPECT_EQ(world.head(), 16u);
  EXPECT_EQ(world.ranges.asked.size(), 2u);
}

TEST(Driver, WithoutReqRespTheEngineGetsTheBlockAboveTheGapAndPeersAreNotAsked) {
  test::ScriptedEngine engine;
  for (const BlockLabel label : {BlockLabel::kLatest, BlockLabel::kSafe, BlockLabel::kFinalized}) {
    engine.labels[label] = test::ref(10);
  }
  DriverOptions options;
  options.controller.req_resp = false;
  World world(engine, options);
  world.gossip(20);
  EXPECT_TRUE(engine.payloads.empty());
  world.loop.run_for(seconds(5));
  EXPECT_EQ(engine.payloads, (std::vector<BlockNumber>{{20}}));
  EXPECT_TRUE(world.ranges.asked.empty());
}

TEST(Driver, AnObserverMayBringABlock) {
  struct Bringer final : DriverObserver {
    void on_driver_event(const ControllerEvent& event) override {
      const auto* const moved = std::get_if<HeadMoved>(&event);
      if (moved != nullptr && moved->to && moved->to->number == BlockNumber{11}) {
        driver->on_block({test::block(12), {}, {}, {}, sender(), 0, {}, {}});
      }
    }
    Driver* driver = nullptr;
  };
  EmbeddedEngine engine(at_ten());
  SimulatedLoop loop(from_unix_seconds(1'700'000'020));
  Ranges ranges;
  Bringer bringer;
  Driver driver(loop, engine, ranges, &bringer);
  bringer.driver = &driver;
  Scope scope(loop);
  scope.spawn(driver.run());
  loop.run_for(Duration(1));
  driver.on_block({test::block(11), {}, {}, {}, sender(), 0, {}, {}});
  loop.run_for(std::chrono::milliseconds(10));
  EXPECT_EQ(driver.controller().heads().head->number, BlockNumber{12});
  scope.cancel();
  loop.run(scope.join());
}

TEST(Driver, AnEngineThatIsAwayIsTriedUntilItIsBack) {
  test::ScriptedEngine engine;
  engine.unreachable = true;
  World world(engine);
  world.gossip(11);
  world.loop.run_for(seconds(60));
  EXPECT_TRUE(engine.payloads.empty());
  for (const BlockLabel label : {BlockLabel::kLatest, BlockLabel::kSafe, BlockLabel::kFinalized}) {
    engine.labels[label] = test::ref(10);
  }
  engine.unreachable = false;
  world.loop.run_for(seconds(31));
  EXPECT_EQ(world.head(), 11u);
}

}  // namespace
}  // namespace opwire::opstack
