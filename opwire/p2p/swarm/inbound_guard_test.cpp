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

TEST_F(Guard, ConnectionsOfOneNetworkAtOnceAndInTime) {  // H3
  std::vector<std::optional<InboundGuard::Place>> places;
  const auto fill = [&](const std::string& network, int from) {
    for (int i = from; i < from + 64; ++i) places.push_back(admit((network + std::to_string(i) + "/tcp/1").c_str()));
  };
  fill("/ip4/1.2.3.", 0);
  EXPECT_TRUE(std::all_of(places.begin(), places.end(), [](const auto& place) { return place.has_value(); }));
  EXPECT_FALSE(admit("/ip4/1.2.3.100/tcp/1"));
  EXPECT_TRUE(admit("/ip4/1.2.4.100/tcp/1"));
  places.clear();
  fill("/ip4/1.2.3.", 100);
  EXPECT_EQ(std::count_if(places.begin(), places.end(), [](const auto& place) { return place.has_value(); }), 16)
      << "80 in a burst";
  places.clear();
  now += seconds(2);
  EXPECT_TRUE(admit("/ip4/1.2.3.200/tcp/1")) << "and one every two seconds";
  EXPECT_FALSE(admit("/ip4/1.2.3.201/tcp/1"));
}

TEST_F(Guard, AMappedAddressIsTheOneInside) {
  std::vector<std::optional<InboundGuard::Place>> places;
  for (int i = 0; i < 8; ++i) {
    places.push_back(admit(i % 2 == 0 ? "/ip4/1.2.3.4/tcp/1" : "/ip6/::ffff:1.2.3.4/tcp/1"));
  }
  EXPECT_TRUE(places.back());
  EXPECT_FALSE(admit("/ip6/::ffff:1.2.3.4/tcp/1"));
}

TEST_F(Guard, WithoutLimits) {
  InboundGuard open{InboundOptions::unlimited()};
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(open.admit(address("/ip4/1.2.3.4/tcp/1"), now));
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

TEST_F(Guard, Ipv6BySite) {
  std::vector<std::optional<InboundGuard::Place>> places;
  for (int i = 0; i < 64; ++i) {
    const std::string site = std::to_string(10 + i) + "00";
    places.push_back(admit(("/ip6/2600:1:2:" + site + "::1/tcp/1").c_str()));
    ASSERT_TRUE(places.back()) << site;
  }
  EXPECT_FALSE(admit("/ip6/2600:1:2:a00::1/tcp/1")) << "the same /48";
  EXPECT_TRUE(admit("/ip6/2600:1:3:a00::1/tcp/1"));
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
