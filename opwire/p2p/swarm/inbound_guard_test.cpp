#include "opwire/p2p/swarm/inbound_guard.hpp"

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

class Guard : public testing::Test {
 protected:
  std::optional<InboundGuard::Place> admit(const char* text) { return guard.admit(address(text), now); }

  InboundOptions options;
  InboundGuard guard{options};
  TimePoint now{std::chrono::hours(1)};
};

TEST_F(Guard, SomeConnectionsOfOneAddressAtOnce) {
  std::vector<std::optional<InboundGuard::Place>> places;
  for (int i = 0; i < 8; ++i) places.push_back(admit("/ip4/1.2.3.4/tcp/1"));
  EXPECT_TRUE(places.back());
  EXPECT_FALSE(admit("/ip4/1.2.3.4/tcp/2"));
  EXPECT_TRUE(admit("/ip4/1.2.3.5/tcp/1")) << "another address";
  places.pop_back();
  EXPECT_TRUE(admit("/ip4/1.2.3.4/tcp/2"));
}

TEST_F(Guard, ConnectionsOfOneAddressInTime) {  // H3
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(admit("/ip4/1.2.3.4/tcp/1")) << i;
  EXPECT_FALSE(admit("/ip4/1.2.3.4/tcp/1"));
  int admitted = 0;
  for (int second = 0; second < 100; ++second) {
    now += seconds(1);
    admitted += admit("/ip4/1.2.3.4/tcp/1").has_value();
  }
  EXPECT_EQ(admitted, 20);
}

TEST_F(Guard, Ipv6ByItsPrefix) {
  std::vector<std::optional<InboundGuard::Place>> places;
  for (int i = 0; i < 8; ++i) {
    places.push_back(admit(("/ip6/2600:1:2:300::" + std::to_string(i + 1) + "/tcp/1").c_str()));
  }
  EXPECT_TRUE(places.back());
  EXPECT_FALSE(admit("/ip6/2600:1:2:3ff::1/tcp/1")) << "the same /56";
  EXPECT_TRUE(admit("/ip6/2600:1:2:400::1/tcp/1"));
}

TEST_F(Guard, LoopbackAndOthersAreFree) {
  std::vector<std::optional<InboundGuard::Place>> places;
  for (int i = 0; i < 100; ++i) {
    places.push_back(admit("/ip4/127.0.0.1/tcp/1"));
    places.push_back(admit("/ip6/::1/tcp/1"));
    places.push_back(admit("/memory/1"));
  }
  EXPECT_TRUE(std::all_of(places.begin(), places.end(), [](const auto& place) { return place.has_value(); }));
}

TEST(InboundGuard, PlacesMayOutliveTheGuard) {
  std::optional<InboundGuard::Place> place;
  {
    InboundGuard guard{InboundOptions()};
    place.emplace(std::move(*guard.admit(address("/ip4/1.2.3.4/tcp/1"), TimePoint(seconds(1)))));
  }
}

}  // namespace
}  // namespace opwire::swarm
