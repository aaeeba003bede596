#include "opwire/opstack/reputation/ban.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

TEST(BanText, WithoutReasonAndScoresItIsOpNodes) {
  const Ban ban{at(3600), at(0), "", std::nullopt};
  EXPECT_EQ(to_json(ban), R"({"expiry":1700003600,"lastUpdate":1700000000})");
  EXPECT_EQ(parse_ban(to_json(ban)).value(), ban);
}

TEST(BanText, ReasonAndScoresStandBehind) {
  PeerScores scores;
  scores.gossip.total = -101.5;
  const Ban ban{at(3600), at(0), R"(score "low" \ bad)", scores};
  EXPECT_EQ(to_json(ban), R"({"expiry":1700003600,"lastUpdate":1700000000,"reason":"score \"low\" \\ bad","scores":)" +
                              to_json(scores) + "}");
  EXPECT_EQ(parse_ban(to_json(ban)).value(), ban);
}

TEST(BanText, AReasonIsShortAndPrintable) {
  EXPECT_EQ(cause_of("the operator's"), "other");
  EXPECT_EQ(clean_reason("a\nb\x1b[1m\x7f\xc3\xa4"), "a?b?[1m???");
  EXPECT_EQ(clean_reason(std::string(kMaxReason + 50, 'x')), std::string(kMaxReason, 'x'));
  EXPECT_EQ(parse_ban(R"({"expiry":1,"reason":"a\u0007\u00e4"})").value().reason, "a???");
}

TEST(BanText, TheLongestRecordCanBeRead) {
  Ban ban{from_unix_seconds(kMaxRecordTime), at(0), std::string(kMaxReason, '"'), PeerScores{}};
  ban.scores->gossip.total = -1e18 / 3;
  EXPECT_EQ(parse_ban(to_json(ban)).value(), ban);
}

TEST(BanText, WhatIsNoBanIsNamed) {
  const auto expect_refused = [](std::string_view text, const ErrorKind& why) {
    const auto ban = parse_ban(text);
    ASSERT_FALSE(ban.has_value()) << text;
    EXPECT_EQ(ban.error().name(), why.name) << text;
  };
  expect_refused("null", errors::kRecordJson);
  expect_refused(R"({"expiry":"1"})", errors::kRecordJson);
  expect_refused(R"({"expiry":1,"reason":2})", errors::kRecordJson);
  expect_refused(R"({"expiry":1,"scores":2})", errors::kRecordJson);
  expect_refused(R"({"expiry":-1})", errors::kRecordTime);
  expect_refused(R"({"expiry":1e300})", errors::kRecordTime);
  expect_refused(R"({"expiry":18446744073709551615})", errors::kRecordTime);
  expect_refused(R"({"lastUpdate":9000000001})", errors::kRecordTime);
  expect_refused(R"({"expiry":1,"scores":{"gossip":{"total":-1e999}}})", errors::kRecordNumber);
  expect_refused("{}" + std::string(kMaxRecordText, ' '), errors::kRecordTooLong);
}

}  // namespace
}  // namespace opwire::opstack::reputation
