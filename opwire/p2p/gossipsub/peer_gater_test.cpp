#include "opwire/p2p/gossipsub/peer_gater.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::from_ip;
using test::kTopic;
using test::peer_id;

PeerGaterParams quick() {
  PeerGaterParams params;
  params.threshold = 0.1;
  params.global_decay = 0.9;
  params.source_decay = 0.999;
  return params;
}

class Gater {
 public:
  explicit Gater(PeerGaterParams params = quick()) : gater(std::move(params), KeyedHash(1, 2)) {
    gater.on_connected(a, from_ip("1.2.3.4"));
  }
  /// Validation cannot keep up.
  void overload() {
    gater.on_validated();
    for (int i = 0; i < 2; ++i) gater.on_throttled(now);
  }
  void refresh(unsigned times) {
    for (; times > 0; --times) gater.refresh(now += 1s);
  }
  void send(unsigned delivered, unsigned duplicate, unsigned ignored, unsigned rejected) {
    for (; delivered > 0; --delivered) gater.on_delivered(a, kTopic);
    for (; duplicate > 0; --duplicate) gater.on_duplicate(a);
    for (; ignored > 0; --ignored) gater.on_ignored(a);
    for (; rejected > 0; --rejected) gater.on_rejected(a);
  }
  double admitted(const PeerId& peer, unsigned of = 10'000) {
    unsigned count = 0;
    for (unsigned i = 0; i < of; ++i) count += gater.admits_messages(peer, now, rng) ? 1 : 0;
    return static_cast<double>(count) / of;
  }

  PeerGater gater;
  SeededRng rng{7};
  TimePoint now{1h};
  PeerId a = peer_id(1);
};

TEST(PeerGater, AdmitsAllUntilValidationCannotKeepUp) {
  Gater g;
  EXPECT_EQ(g.admitted(g.a), 1);
  g.send(0, 0, 100, 100);
  EXPECT_EQ(g.admitted(g.a), 1);
  for (int i = 0; i < 11; ++i) g.gater.on_validated();
  g.gater.on_throttled(g.now);
  EXPECT_EQ(g.admitted(g.a), 1);  // 1 of 11 is below the threshold
  g.gater.on_throttled(g.now);
  EXPECT_LT(g.admitted(g.a), 0.01);
}

TEST(PeerGater, NothingIsHeldAgainstAPeerThatHasSentNothing) {
  Gater g;
  g.overload();
  EXPECT_EQ(g.admitted(g.a), 1);
  EXPECT_EQ(g.admitted(peer_id(99)), 1);
}

// (1 + delivered) / (1 + delivered + duplicate/8 + ignored + 16 · rejected)
TEST(PeerGater, AdmitsByTheShareOfUsefulMessages) {
  const struct {
    unsigned delivered, duplicate, ignored, rejected;
    double share;
  } cases[] = {{10, 0, 0, 0, 1},           {0, 8, 0, 0, 1.0 / 2},       {0, 0, 1, 0, 1.0 / 2},
               {0, 0, 0, 1, 1.0 / 17},     {9, 80, 0, 0, 10.0 / 20},    {7, 0, 8, 0, 8.0 / 16.0},
               {31, 0, 0, 2, 32.0 / 64.0}, {0, 0, 100, 100, 1.0 / 1701}};
  for (const auto& c : cases) {
    Gater g;
    g.overload();
    g.send(c.delivered, c.duplicate, c.ignored, c.rejected);
    EXPECT_NEAR(g.admitted(g.a), c.share, 0.02) << c.delivered << " " << c.duplicate << " " << c.ignored;
  }
}

TEST(PeerGater, EverybodyHasAChanceYetAndCanRecover) {
  Gater g;
  g.overload();
  g.send(0, 0, 100, 100);
  EXPECT_GT(g.admitted(g.a, 100'000), 0);
  g.send(1700, 0, 0, 0);
  EXPECT_NEAR(g.admitted(g.a), 0.5, 0.02);
}

TEST(PeerGater, IsOffAfterAQuietTime) {
  Gater g;
  g.overload();
  g.send(0, 0, 0, 100);
  g.now += 1min;
  EXPECT_LT(g.admitted(g.a), 0.1);
  g.now += 1ns;
  EXPECT_EQ(g.admitted(g.a), 1);
}

TEST(PeerGater, IsOffOnceThrottlingHasDecayed) {
  PeerGaterParams params = quick();
  params.quiet = 1h;
  Gater g(params);
  g.overload();
  g.send(0, 0, 0, 100);
  // Both counters shrink alike: 2 · 0.9^n is 0 from 51 on, 1 · 0.9^n from 44 on.
  g.refresh(50);
  EXPECT_LT(g.admitted(g.a), 0.1);
  g.refresh(1);
  EXPECT_EQ(g.admitted(g.a), 1);
}

TEST(PeerGater, WhatPeersSentDecays) {
  PeerGaterParams params = quick();
  params.source_decay = 0.5;
  Gater g(params);
  g.send(0, 0, 16, 0);
  g.refresh(4);
  g.overload();
  EXPECT_NEAR(g.admitted(g.a), 0.5, 0.02);
  g.refresh(7);
  g.overload();
  EXPECT_EQ(g.admitted(g.a), 1);
}

TEST(PeerGater, TopicsWeighWhatTheyAreWorth) {
  PeerGaterParams params = quick();
  params.topic_weights["/dear"] = 7;
  Gater g(params);
  g.overload();
  g.gater.on_delivered(g.a, "/dear");
  g.send(0, 0, 8, 0);
  EXPECT_NEAR(g.admitted(g.a), 0.5, 0.02);
}

TEST(PeerGater, PeersOfOneAddressAnswerForEachOther) {
  Gater g;
  g.gater.on_connected(peer_id(2), from_ip("::ffff:1.2.3.4"));
  g.gater.on_connected(peer_id(3), from_ip("1.2.3.5"));
  g.overload();
  g.send(0, 0, 1, 0);
  EXPECT_NEAR(g.admitted(peer_id(2)), 0.5, 0.02);
  EXPECT_EQ(g.admitted(peer_id(3)), 1);
}

TEST(PeerGater, PeersWithoutAnAddressAreTakenTogether) {
  Gater g;
  for (const unsigned i : {2u, 3u}) g.gater.on_connected(peer_id(i), Multiaddr());
  g.overload();
  g.gater.on_ignored(peer_id(2));
  EXPECT_NEAR(g.admitted(peer_id(3)), 0.5, 0.02);
  EXPECT_EQ(g.admitted(g.a), 1);
}

TEST(PeerGater, AnAddressIsRememberedWithoutDecay) {
  PeerGaterParams params = quick();
  params.retain = 100s;
  params.source_decay = 0.5;
  Gater g(params);
  g.gater.on_connected(peer_id(2), from_ip("1.2.3.4"));
  g.send(0, 0, 1, 0);
  g.gater.on_disconnected(g.a, g.now);
  g.gater.on_ignored(g.a);  // too late
  g.gater.on_disconnected(g.a, g.now);
  g.gater.on_disconnected(peer_id(2), g.now);
  g.refresh(100);
  g.gater.on_connected(g.a, from_ip("1.2.3.4"));
  g.overload();
  EXPECT_NEAR(g.admitted(g.a), 0.5, 0.02);
  g.gater.on_disconnected(g.a, g.now);
  g.refresh(101);
  g.gater.on_connected(g.a, from_ip("1.2.3.4"));
  g.overload();
  EXPECT_EQ(g.admitted(g.a), 1);
}

TEST(PeerGater, TheTimeOfAnAddressBeginsWhenTheLastOneLeft) {
  PeerGaterParams params = quick();
  params.retain = 100s;
  Gater g(params);
  g.gater.on_disconnected(g.a, g.now);
  g.refresh(50);
  g.gater.on_connected(g.a, from_ip("1.2.3.4"));
  g.send(0, 0, 1, 0);
  g.gater.on_disconnected(g.a, g.now);
  g.refresh(60);
  g.gater.on_connected(g.a, from_ip("1.2.3.4"));
  g.overload();
  EXPECT_NEAR(g.admitted(g.a), 0.5, 0.02);
}

TEST(PeerGater, APeerStaysAtItsFirstAddress) {
  Gater g;
  g.gater.on_connected(g.a, from_ip("9.9.9.9"));
  g.overload();
  g.send(0, 0, 1, 0);
  g.gater.on_connected(peer_id(2), from_ip("1.2.3.4"));
  EXPECT_NEAR(g.admitted(peer_id(2)), 0.5, 0.02);
  g.gater.on_disconnected(g.a, g.now);
  g.gater.on_disconnected(peer_id(2), g.now);
  g.gater.on_connected(peer_id(3), from_ip("9.9.9.9"));
  EXPECT_EQ(g.admitted(peer_id(3)), 1);
}

TEST(PeerGater, RemembersOnlySoManyAddresses) {
  PeerGaterParams params = quick();
  params.max_retained = 2;
  Gater g(params);
  const auto ip = [](unsigned i) { return from_ip("2.0.0." + std::to_string(i)); };
  for (unsigned i = 1; i <= 3; ++i) {
    g.gater.on_connected(peer_id(10 + i), ip(i));
    g.gater.on_ignored(peer_id(10 + i));
    g.now += 1s;
    g.gater.on_disconnected(peer_id(10 + i), g.now);
  }
  for (unsigned i = 1; i <= 3; ++i) g.gater.on_connected(peer_id(10 + i), ip(i));
  g.overload();
  EXPECT_EQ(g.admitted(peer_id(11)), 1);
  EXPECT_NEAR(g.admitted(peer_id(12)), 0.5, 0.02);
  EXPECT_NEAR(g.admitted(peer_id(13)), 0.5, 0.02);
}

TEST(PeerGaterParams, DefaultsAreThoseOfGo) {
  const PeerGaterParams params;
  EXPECT_TRUE(params.validate().has_value());
  EXPECT_NEAR(params.global_decay, 0.9623506264, 1e-10);
  EXPECT_NEAR(params.source_decay, 0.9987216039, 1e-10);
}

TEST(PeerGaterParams, EachIsChecked) {
  const auto broken = [](auto PeerGaterParams::* member, auto value) {
    PeerGaterParams params;
    params.*member = value;
    return !params.validate().has_value();
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -1.0, kNan}) {
    EXPECT_TRUE(broken(&PeerGaterParams::threshold, bad));
    EXPECT_TRUE(broken(&PeerGaterParams::duplicate_weight, bad));
  }
  for (const double bad : {0.5, kNan}) {
    EXPECT_TRUE(broken(&PeerGaterParams::ignore_weight, bad));
    EXPECT_TRUE(broken(&PeerGaterParams::reject_weight, bad));
  }
  for (const double bad : {0.0, 1.0, kNan}) {
    EXPECT_TRUE(broken(&PeerGaterParams::global_decay, bad));
    EXPECT_TRUE(broken(&PeerGaterParams::source_decay, bad));
    EXPECT_TRUE(broken(&PeerGaterParams::decay_to_zero, bad));
  }
  EXPECT_TRUE(broken(&PeerGaterParams::decay_interval, Duration(999ms)));
  EXPECT_TRUE(broken(&PeerGaterParams::quiet, Duration(999ms)));
  EXPECT_TRUE(broken(&PeerGaterParams::retain, Duration(-1s)));
  EXPECT_TRUE(broken(&PeerGaterParams::topic_weights, decltype(PeerGaterParams::topic_weights){{"/t", 0}}));
}

}  // namespace
}  // namespace opwire::gossipsub
