#include "opwire/p2p/gossipsub/score_params.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TopicScoreParams full_topic() {
  TopicScoreParams t;
  t.weight = 1;
  t.time_in_mesh_weight = 0.01;
  t.time_in_mesh_cap = 10;
  t.first_deliveries_weight = 1;
  t.first_deliveries_decay = 0.5;
  t.first_deliveries_cap = 10;
  t.mesh_deliveries_weight = -1;
  t.mesh_deliveries_decay = 0.5;
  t.mesh_deliveries_cap = 10;
  t.mesh_deliveries_threshold = 5;
  t.mesh_deliveries_window = 1ms;
  t.mesh_deliveries_activation = 1s;
  t.mesh_failures_weight = -1;
  t.mesh_failures_decay = 0.5;
  t.invalid_messages_weight = -1;
  t.invalid_messages_decay = 0.5;
  return t;
}

ScoreParams full_params() {
  ScoreParams p;
  p.topics["/topic"] = full_topic();
  p.topic_score_cap = 50;
  p.app_weight = 1;
  p.ip_colocation_weight = -1;
  p.ip_colocation_exempt = {{{10, 0, 0, 0}, 8}};
  p.behaviour_weight = -1;
  p.behaviour_threshold = 1;
  p.behaviour_decay = 0.5;
  return p;
}

template <class Params>
std::string broken_rule(const Params& params) {
  const Result<void> valid = params.validate();
  if (valid.has_value()) return "";
  EXPECT_TRUE(valid.error().is(errors::kBadParameters));
  return valid.error().message();
}

/// One member of valid parameters changed.
template <class Params, class Member, class Value>
void expect_broken(Params params, Member Params::* member, std::vector<Value> values) {
  for (const Value value : values) {
    params.*member = Member(value);
    EXPECT_NE(broken_rule(params), "");
  }
}

TEST(ScoreParams, DefaultsAndFullOnesAreValid) {
  EXPECT_EQ(broken_rule(ScoreParams{}), "");
  EXPECT_EQ(broken_rule(TopicScoreParams{}), "");
  EXPECT_EQ(broken_rule(ScoreThresholds{}), "");
  EXPECT_EQ(broken_rule(full_params()), "");
}

TEST(ScoreParams, RewardsAreNotNegative) {
  const std::vector<double> bad{-1, kNan, kInfinity};
  for (const auto member : {&TopicScoreParams::weight, &TopicScoreParams::time_in_mesh_weight,
                            &TopicScoreParams::first_deliveries_weight}) {
    expect_broken(full_topic(), member, bad);
  }
  expect_broken(full_params(), &ScoreParams::topic_score_cap, bad);
  expect_broken(full_params(), &ScoreParams::behaviour_threshold, bad);
}

TEST(ScoreParams, PenaltiesAreNotPositive) {
  const std::vector<double> bad{1, kNan, -kInfinity};
  for (const auto member : {&TopicScoreParams::mesh_deliveries_weight, &TopicScoreParams::mesh_failures_weight,
                            &TopicScoreParams::invalid_messages_weight}) {
    expect_broken(full_topic(), member, bad);
  }
  expect_broken(full_params(), &ScoreParams::ip_colocation_weight, bad);
  expect_broken(full_params(), &ScoreParams::behaviour_weight, bad);
}

TEST(ScoreParams, DecaysLieBetween0And1) {
  const std::vector<double> bad{0, 1, -0.5, 2, kNan};
  for (const auto member : {&TopicScoreParams::first_deliveries_decay, &TopicScoreParams::mesh_deliveries_decay,
                            &TopicScoreParams::mesh_failures_decay, &TopicScoreParams::invalid_messages_decay}) {
    expect_broken(full_topic(), member, bad);
  }
  expect_broken(full_params(), &ScoreParams::behaviour_decay, bad);
  expect_broken(full_params(), &ScoreParams::decay_to_zero, bad);
}

TEST(ScoreParams, CapsAndThresholdsArePositive) {
  for (const auto member : {&TopicScoreParams::time_in_mesh_cap, &TopicScoreParams::first_deliveries_cap,
                            &TopicScoreParams::mesh_deliveries_cap, &TopicScoreParams::mesh_deliveries_threshold}) {
    expect_broken(full_topic(), member, std::vector<double>{0, -1, kNan, kInfinity});
  }
  expect_broken(full_params(), &ScoreParams::ip_colocation_threshold, std::vector{0});
  expect_broken(full_params(), &ScoreParams::app_weight, std::vector{kNan, kInfinity});
  expect_broken(full_params(), &ScoreParams::max_delivery_records, std::vector{0});
}

TEST(ScoreParams, TimesAreSensible) {
  expect_broken(full_topic(), &TopicScoreParams::time_in_mesh_quantum, std::vector{0s, -1s});
  expect_broken(full_topic(), &TopicScoreParams::mesh_deliveries_window, std::vector{-1ms});
  expect_broken(full_topic(), &TopicScoreParams::mesh_deliveries_activation, std::vector{999ms, 0ms});
  expect_broken(full_params(), &ScoreParams::decay_interval, std::vector{999ms, 0ms});
  expect_broken(full_params(), &ScoreParams::retain_score, std::vector{-1s});
  expect_broken(full_params(), &ScoreParams::delivery_record_ttl, std::vector{0s});
}

TEST(ScoreParams, WhatHasNoWeightMayBeLeftOut) {
  TopicScoreParams t;
  t.weight = 1;
  t.first_deliveries_weight = 1;
  EXPECT_NE(broken_rule(t), "");
  t.first_deliveries_decay = 0.5;
  EXPECT_NE(broken_rule(t), "");
  t.first_deliveries_cap = 1;
  EXPECT_EQ(broken_rule(t), "");
  // But it must not be absurd.
  t.invalid_messages_decay = 1.5;
  EXPECT_NE(broken_rule(t), "");
}

TEST(ScoreParams, TheRuleOfATopicIsNamed) {
  ScoreParams p = full_params();
  p.topics["/topic"].first_deliveries_cap = 0;
  EXPECT_NE(broken_rule(p).find("first_deliveries_cap is positive"), std::string::npos) << broken_rule(p);
}

TEST(ScoreParams, RangesOfAddressesAreChecked) {
  ScoreParams p;
  for (const IpRange& bad : {IpRange{{1, 2, 3}, 8}, IpRange{{1, 2, 3, 4}, 33}, IpRange{Bytes(16), 129}, IpRange{}}) {
    p.ip_colocation_exempt = {bad};
    EXPECT_NE(broken_rule(p), "");
  }
}

TEST(ScoreThresholds, StandInOrder) {
  const ScoreThresholds valid{-10, -50, -80, 20, 0.05};
  EXPECT_EQ(broken_rule(valid), "");
  expect_broken(valid, &ScoreThresholds::gossip, std::vector{1.0, -51.0, kNan, -kInfinity});
  expect_broken(valid, &ScoreThresholds::publish, std::vector{1.0, -9.0, -81.0, kNan});
  expect_broken(valid, &ScoreThresholds::graylist, std::vector{1.0, -49.0, kNan, -kInfinity});
  expect_broken(valid, &ScoreThresholds::accept_px, std::vector{-1.0, kNan, kInfinity});
  expect_broken(valid, &ScoreThresholds::opportunistic_graft, std::vector{-1.0, kNan, kInfinity});
}

TEST(DecayFactor, FallsToOnePercentInWholeIntervals) {
  EXPECT_NEAR(decay_factor(60s, 1s), 0.9261187281287935, 1e-15);
  EXPECT_NEAR(decay_factor(30s, 1s), 0.8576958986, 1e-10);
  EXPECT_EQ(decay_factor(120s, 2s), decay_factor(60s, 1s));
  EXPECT_EQ(decay_factor(121s, 2s), decay_factor(60s, 1s));
  EXPECT_DOUBLE_EQ(decay_factor(1s, 1s), 0.01);
}

TEST(IpRange, ComparesTheFirstBits) {
  const IpRange range{{10, 1, 0xa0, 0}, 19};
  EXPECT_TRUE(range.contains(Bytes{10, 1, 0xa0, 0}));
  EXPECT_TRUE(range.contains(Bytes{10, 1, 0xbf, 255}));
  EXPECT_FALSE(range.contains(Bytes{10, 1, 0xc0, 0}));
  EXPECT_FALSE(range.contains(Bytes{10, 1, 0x80, 0}));
  EXPECT_FALSE(range.contains(Bytes{10, 0, 0xa0, 0}));
  EXPECT_TRUE((IpRange{{1, 2, 3, 4}, 32}.contains(Bytes{1, 2, 3, 4})));
  EXPECT_FALSE((IpRange{{1, 2, 3, 4}, 32}.contains(Bytes{1, 2, 3, 5})));
  EXPECT_TRUE((IpRange{{1, 2, 3, 4}, 0}.contains(Bytes{9, 9, 9, 9})));
  EXPECT_FALSE((IpRange{{1, 2, 3, 4}, 0}.contains(Bytes(16))));
}

}  // namespace
}  // namespace opwire::gossipsub
