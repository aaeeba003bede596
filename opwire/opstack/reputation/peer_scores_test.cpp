#include "opwire/opstack/reputation/peer_scores.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

constexpr std::string_view kText =
    R"({"lastUpdate":1700000000,"peerScores":{"gossip":{"total":-101.5,"blocks":{"timeInMesh":12,)"
    R"("firstMessageDeliveries":3.25,"meshMessageDeliveries":0.1,"invalidMessageDeliveries":2},)"
    R"("IPColocationFactor":4,"behavioralPenalty":0.5},)"
    R"("reqResp":{"validResponses":9.261187281,"errorResponses":1,"rejectedPayloads":0.01}}})";

ScoreRecord filled() {
  ScoreRecord record;
  record.last_update = from_unix_seconds(1'700'000'000);
  record.scores.gossip = {-101.5, {12, 3.25, 0.1, 2}, 4, 0.5};
  record.scores.req_resp = {9.261187281, 1, 0.01};
  return record;
}

void expect_refused(std::string_view text, const ErrorKind& why) {
  const auto record = parse_score_record(text);
  ASSERT_FALSE(record.has_value()) << text;
  EXPECT_EQ(record.error().name(), why.name) << text;
}

TEST(ScoreRecordText, IsOpNodesToTheByte) {
  EXPECT_EQ(to_json(filled()), kText);
  EXPECT_EQ(parse_score_record(kText).value(), filled());
}

TEST(ScoreRecordText, AnEmptyRecordHasAllFields) {
  EXPECT_EQ(to_json(ScoreRecord{}),
            R"({"lastUpdate":0,"peerScores":{"gossip":{"total":0,"blocks":{"timeInMesh":0,"firstMessageDeliveries":0,)"
            R"("meshMessageDeliveries":0,"invalidMessageDeliveries":0},"IPColocationFactor":0,"behavioralPenalty":0},)"
            R"("reqResp":{"validResponses":0,"errorResponses":0,"rejectedPayloads":0}}})");
}

TEST(ScoreRecordText, TheScoresAloneAreTheInnerObject) {
  const std::string scores = to_json(filled().scores);
  EXPECT_EQ(kText, "{\"lastUpdate\":1700000000,\"peerScores\":" + scores + "}");
}

TEST(ScoreRecordText, NumbersAreWrittenAsGoWritesThem) {
  const auto total = [](double value) {
    PeerScores scores;
    scores.gossip.total = value;
    const std::string text = to_json(scores);
    const std::size_t begin = text.find("total\":") + 7;
    return text.substr(begin, text.find(',', begin) - begin);
  };
  EXPECT_EQ(total(1e18), "1000000000000000000");
  EXPECT_EQ(total(-0.1), "-0.1");
  EXPECT_EQ(total(1e-6), "0.000001");
  EXPECT_EQ(total(2.5e-7), "2.5e-7");
  EXPECT_EQ(total(1e-12), "1e-12");
  EXPECT_EQ(total(1.0 / 3), "0.3333333333333333");
}

TEST(ScoreRecordText, NumbersAreReadToTheLastDigit) {
  for (const double value : {-12222222222222.222, 0.1 + 0.2, 9.261187281287935, 1.0 / 3, 5e-324, 123456789.12345679}) {
    ScoreRecord record;
    record.scores.gossip.total = value;
    EXPECT_EQ(parse_score_record(to_json(record)).value().scores.gossip.total, value);
  }
  const auto total = [](std::string_view number) {
    const std::string text = R"({"peerScores":{"gossip":{"total":)" + std::string(number) + "}}}";
    return parse_score_record(text).value().scores.gossip.total;
  };
  EXPECT_EQ(total("1e-999"), 0);
  EXPECT_EQ(total("-25E-1"), -2.5);
  EXPECT_FALSE(std::signbit(total("-0e199")));
}

TEST(ScoreRecordText, OnlyAFieldAtItsPlaceCounts) {
  for (const char* text : {R"({"peerScores/gossip":{"total":5}})", R"({"x":{"peerScores":{"gossip":{"total":5}}}})",
                           R"({"a":[{"peerScores":{"gossip":{"total":5}}},[[5]]],"b":[5]})",
                           R"({"peerScores":{"gossip":{"blocks":{"total":5}}},"gossip":{"total":5},"total":5})",
                           R"({"peerScores":{"gossip":{"x":[],"y":{},"z":[{}]}}})", R"({"peerScores":null})"}) {
    EXPECT_EQ(parse_score_record(text).value(), ScoreRecord{}) << text;
  }
  const auto behind = parse_score_record(
      R"({"a":[{"b":{"c":[1]}}],"peerScores":{"x":{"y":[]},"gossip":{"z":null,"tot\u0061l":5}},"lastUpdate":1})");
  EXPECT_EQ(behind.value().scores.gossip.total, 5);
  EXPECT_EQ(behind.value().last_update, from_unix_seconds(1));
}

TEST(ScoreRecordText, UnknownFieldsAreIgnoredAndMissingOnesAreZero) {
  EXPECT_EQ(parse_score_record("{}").value(), ScoreRecord{});
  const auto record =
      parse_score_record(R"({"peerScores":{"gossip":{"total":1,"new":[{}]},"x":2},"lastUpdate":5,"more":null})");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->scores.gossip.total, 1);
  EXPECT_EQ(record->scores.req_resp, ReqRespScores{});
  EXPECT_EQ(unix_seconds(record->last_update), 5u);
}

TEST(ScoreRecordText, TheRecordOfBeforeReqRespWasAnObjectIsRead) {
  const auto record = parse_score_record(
      R"({"peerScores":{"gossip":{"total":1234.52382,"blocks":{"timeInMesh":1234,"firstMessageDeliveries":12,)"
      R"("meshMessageDeliveries":34,"invalidMessageDeliveries":56},"IPColocationFactor":12.34,)"
      R"("behavioralPenalty":56.78},"reqRespSync":123456},"lastUpdate":1684387459})");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->scores.gossip, (GossipScores{1234.52382, {1234, 12, 34, 56}, 12.34, 56.78}));
  EXPECT_EQ(record->scores.req_resp, ReqRespScores{});
}

TEST(ScoreRecordText, WhatIsNoRecordIsNamed) {
  expect_refused("", errors::kRecordJson);
  expect_refused("[]", errors::kRecordJson);
  expect_refused("null", errors::kRecordJson);
  expect_refused("7", errors::kRecordJson);
  expect_refused("{} {}", errors::kRecordJson);
  expect_refused(R"({"peerScores":[]})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":{"total":{}}}})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":{"total":true}}})", errors::kRecordJson);
  expect_refused(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}", errors::kRecordJson);
  expect_refused("{", errors::kRecordJson);
  expect_refused(R"({"peerScores":7})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":7}})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":{"blocks":7}}})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":{"total":"1"}}})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"reqResp":7}})", errors::kRecordJson);
  expect_refused(R"({"lastUpdate":"1"})", errors::kRecordJson);
  expect_refused(std::string(kMaxRecordText + 1, ' '), errors::kRecordTooLong);
}

TEST(ScoreRecordText, NumbersOutOfAllBoundsAreRefused) {
  expect_refused(R"({"peerScores":{"gossip":{"total":NaN}}})", errors::kRecordJson);
  expect_refused(R"({"peerScores":{"gossip":{"total":1e999}}})", errors::kRecordNumber);
  expect_refused(R"({"peerScores":{"gossip":{"total":-1.1e18}}})", errors::kRecordNumber);
  expect_refused(R"({"peerScores":{"gossip":{"blocks":{"timeInMesh":1e19}}}})", errors::kRecordNumber);
  expect_refused(R"({"peerScores":{"reqResp":{"rejectedPayloads":-1}}})", errors::kRecordNumber);
  expect_refused(R"({"lastUpdate":-1})", errors::kRecordTime);
  expect_refused(R"({"lastUpdate":1.5})", errors::kRecordTime);
  expect_refused(R"({"lastUpdate":9000000001})", errors::kRecordTime);
  EXPECT_TRUE(parse_score_record(R"({"lastUpdate":9000000000})").has_value());
}

TEST(PeerScores, WhatIsOutOfBoundsIsBroughtInside) {
  PeerScores scores;
  scores.gossip.total = -std::numeric_limits<double>::infinity();
  scores.gossip.behavioral_penalty = std::numeric_limits<double>::quiet_NaN();
  scores.req_resp.valid_responses = -3;
  scores = within_bounds(scores);
  EXPECT_EQ(scores.gossip.total, -kMaxScore);
  EXPECT_EQ(scores.gossip.behavioral_penalty, 0);
  EXPECT_EQ(scores.req_resp.valid_responses, 0);
  EXPECT_EQ(parse_score_record(to_json(ScoreRecord{scores, {}})).value().scores, scores);
}

TEST(RecordTime, IsWholeSecondsFrom1970On) {
  using std::chrono::milliseconds;
  EXPECT_EQ(to_record_time(from_unix_seconds(7) + milliseconds(999)), from_unix_seconds(7));
  EXPECT_EQ(to_record_time(WallTime{} - milliseconds(1)), WallTime{});
  EXPECT_EQ(to_record_time(WallTime::max()), from_unix_seconds(kMaxRecordTime));
}

TEST(PeerScores, AnExponentOfThreeDigitsKeepsThem) {
  ScoreRecord record;
  record.scores.gossip.total = 1e-300;
  EXPECT_NE(to_json(record).find("\"total\":1e-300,"), std::string::npos);
  EXPECT_EQ(parse_score_record(to_json(record)).value(), record);
}

}  // namespace
}  // namespace opwire::opstack::reputation
