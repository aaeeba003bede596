#include "opwire/sim/discovery/dials.hpp"

#include <gtest/gtest.h>

#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::sim {
namespace {

using namespace std::chrono_literals;

discv5::NodeId peer(bool answers, std::uint8_t number) {
  discv5::NodeId id;
  id.bytes[0] = number;
  id.bytes[28] = answers ? 0xff : 0;  // the part that decides
  return id;
}

TEST(Dials, ReachThoseWhoAreThereSoonAndOthersNever) {
  SimulatedLoop loop;
  SeededRng rng(1);
  Dials dials(loop, rng, {});
  EXPECT_TRUE(dials.push(peer(true, 1)));
  EXPECT_TRUE(dials.push(peer(false, 2)));
  loop.run_for(150ms);
  EXPECT_EQ(dials.connected(), 0U);
  loop.run_for(1s);
  EXPECT_TRUE(dials.is_connected(peer(true, 1)));
  loop.run_for(1min);
  EXPECT_FALSE(dials.is_connected(peer(false, 2)));
  loop.run(dials.close());
}

TEST(Dials, TheDeadHoldUpTheLiving) {
  SimulatedLoop loop;
  SeededRng rng(1);
  Dials dials(loop, rng, {});
  for (std::uint8_t i = 0; i < 4; ++i) EXPECT_TRUE(dials.push(peer(false, i)));
  loop.run_for(1ms);  // a worker each
  std::uint8_t queued = 0;
  while (dials.push(peer(true, static_cast<std::uint8_t>(100 + queued)))) ++queued;
  EXPECT_EQ(queued, 10);
  loop.run_for(9s);
  EXPECT_EQ(dials.connected(), 0U);
  loop.run_for(5s);
  EXPECT_EQ(dials.connected(), 10U);
  loop.run(dials.close());
}

TEST(Dials, AFailureIsNotRepeatedAtOnce) {
  SimulatedLoop loop;
  SeededRng rng(1);
  DialOptions options;
  options.workers = 1;
  Dials dials(loop, rng, options);
  EXPECT_TRUE(dials.push(peer(false, 1)));
  EXPECT_TRUE(dials.push(peer(false, 1)));  // refused by the back-off
  EXPECT_TRUE(dials.push(peer(true, 2)));
  loop.run_for(11500ms);
  EXPECT_EQ(dials.connected(), 1U);
  loop.run(dials.close());
}

}  // namespace
}  // namespace opwire::sim
