#include "opwire/opstack/reputation/app_score.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

struct AppScoreTest : testing::Test {
  ScoreBook book{{}};
  AppScore scores{AppScore::Mode::kLight, book};
  std::vector<PeerId> connected{peer(1)};

  double value(std::uint64_t seconds = 0) const { return scores.value(peer(1), at(seconds)); }
  ReqRespScores counters() const { return book.get(peer(1), at(0)).req_resp; }
};

TEST_F(AppScoreTest, EachEventHasItsWeight) {
  EXPECT_EQ(value(), 0);
  scores.on_valid_response(peer(1), at(0));
  EXPECT_EQ(value(), 0.5);
  scores.on_error_response(peer(1), at(0));
  EXPECT_EQ(value(), -0.5);
  scores.on_rejected_payload(peer(1), at(0));
  EXPECT_EQ(value(), -20.5);
  EXPECT_EQ(scores.value(peer(2), at(0)), 0);
}

TEST_F(AppScoreTest, ValidResponsesReachFive) {
  for (int i = 0; i < 30; ++i) scores.on_valid_response(peer(1), at(0));
  EXPECT_EQ(value(), 5);
  EXPECT_EQ(counters().valid_responses, 10);
}

TEST_F(AppScoreTest, ErrorsAloneStayAboveTheGossipThreshold) {
  for (int i = 0; i < 30; ++i) scores.on_error_response(peer(1), at(0));
  EXPECT_EQ(value(), -9);
}

TEST_F(AppScoreTest, FiveRejectedPayloadsReachTheBanThresholdAndTheSixthCrossesIt) {
  for (int i = 0; i < 5; ++i) scores.on_rejected_payload(peer(1), at(0));
  EXPECT_EQ(value(), -100);
  scores.decay(connected, at(0));
  EXPECT_GT(value(), -100);
  scores.on_rejected_payload(peer(1), at(0));
  EXPECT_LT(value(), -100);
  for (int i = 0; i < 30; ++i) scores.on_rejected_payload(peer(1), at(0));
  EXPECT_EQ(value(), -400);
}

TEST_F(AppScoreTest, ACounterIsClampedAtItsCapFromBetween) {
  book.update(peer(1), at(0), [](PeerScores& known) { known.req_resp.error_responses = 8.5; });
  scores.on_error_response(peer(1), at(0));
  EXPECT_EQ(counters().error_responses, 9);
}

TEST_F(AppScoreTest, AHundredthIsLeftAfterSixtySlots) {
  scores.on_valid_response(peer(1), at(0));
  scores.on_error_response(peer(1), at(0));
  scores.on_rejected_payload(peer(1), at(0));
  scores.decay(connected, at(0));
  EXPECT_NEAR(counters().valid_responses, 0.9261187281, 1e-10);
  EXPECT_NEAR(counters().error_responses, 0.9261187281, 1e-10);
  EXPECT_NEAR(counters().rejected_payloads, 0.9261187281, 1e-10);
  for (int i = 1; i < 59; ++i) scores.decay(connected, at(0));
  EXPECT_GT(counters().rejected_payloads, 0.01);
  for (int i = 0; i < 2; ++i) scores.decay(connected, at(0));
  EXPECT_EQ(counters(), ReqRespScores{});
}

TEST_F(AppScoreTest, OnlyConnectedPeersAreForgiven) {
  scores.on_rejected_payload(peer(1), at(0));
  scores.on_rejected_payload(peer(2), at(0));
  scores.decay(connected, at(2));
  EXPECT_GT(value(2), -20);
  EXPECT_EQ(scores.value(peer(2), at(2)), -20);
  EXPECT_EQ(scores.value(peer(2), at(1201)), 0);  // expired
}

TEST_F(AppScoreTest, DecayMakesNoRecordsAndKeepsNoneAlive) {
  book.set_gossip(peer(1), {}, at(0));
  connected.push_back(peer(2));
  scores.decay(connected, at(600));
  EXPECT_EQ(book.size(), 1u);
  EXPECT_EQ(book.find(peer(1), at(600))->last_update, at(0));
}

TEST_F(AppScoreTest, WithoutScoringNothingHappens) {
  book.update(peer(1), at(0), [](PeerScores& known) { known.req_resp.rejected_payloads = 3; });
  AppScore none(AppScore::Mode::kNone, book);
  none.on_valid_response(peer(1), at(0));
  none.on_error_response(peer(1), at(0));
  none.on_rejected_payload(peer(1), at(0));
  none.decay(connected, at(0));
  EXPECT_EQ(none.value(peer(1), at(0)), 0);
  EXPECT_EQ(counters(), (ReqRespScores{0, 0, 3}));
}

}  // namespace
}  // namespace opwire::opstack::reputation
