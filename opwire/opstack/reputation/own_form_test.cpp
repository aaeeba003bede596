#include "opwire/opstack/reputation/own_form.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/ban.hpp"
#include "opwire/opstack/reputation/record_json.hpp"

namespace opwire::opstack::reputation {
namespace {

Result<ScoreRecord> read_any_json(std::string_view text) {
  ScoreRecord record;
  bool has_scores = false;
  RecordReader reader;
  reader.time("/lastUpdate", record.last_update);
  reader.scores("/peerScores", record.scores, has_scores);
  OPW_TRYV(reader.read(text));
  return record;
}

std::optional<double> number(std::string_view text) {
  OwnForm form(text);
  double value = 7;
  if (!form.number(value, -kMaxScore) || !form.done()) return std::nullopt;
  return value;
}

TEST(OwnForm, ReadsWhatIsWrittenHereAndNothingElse) {
  ScoreRecord record;
  record.last_update = from_unix_seconds(1'700'000'000);
  record.scores.gossip = {-1.5, {1e-9, 1e17, 0.1, 3}, -0.25, 1e-300};
  record.scores.req_resp = {9.26, 0, 20};
  const std::string text = to_json(record);
  OwnForm form(text);
  WallTime time{};
  PeerScores scores;
  ASSERT_TRUE(form.literal("{\"lastUpdate\":") && form.time(time) && form.literal(",\"peerScores\":"));
  ASSERT_TRUE(form.scores(scores) && form.literal("}") && form.done());
  EXPECT_EQ(scores, record.scores);
  EXPECT_EQ(read_any_json(text).value(), record);
}

TEST(OwnForm, NumbersAreThoseOfJson) {
  EXPECT_EQ(number("0"), 0.0);
  EXPECT_EQ(number("-0"), 0.0);
  EXPECT_EQ(number("-12.5"), -12.5);
  EXPECT_EQ(number("1e-7"), 1e-7);
  for (const char* text :
       {"", "-", ".5", "5.", "05", "-01", "1e", "1e-", "1e5", "+1", "inf", "nan", "0x1", "2e18", " 1"}) {
    EXPECT_FALSE(number(text)) << text;
  }
  EXPECT_FALSE(number("1000000000000000001000"));
}

// Every record with one byte changed: either not in our own form, or the same for both readers.
TEST(OwnForm, ReadsTheSameAsTheReaderOfAnyJson) {
  const std::string text =
      to_json(ScoreRecord{{{-1.5, {1, 2, 3, 4}, 5, 6}, {7, 8, 9}}, from_unix_seconds(1'700'000'000)});
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char letter : {'0', '9', '.', '-', 'e', '"', '}', ',', 'x'}) {
      std::string changed = text;
      changed[i] = letter;
      const auto one = parse_score_record(changed);
      const auto other = read_any_json(changed);
      ASSERT_EQ(one.has_value(), other.has_value()) << changed;
      if (one) ASSERT_EQ(*one, *other) << changed;
    }
  }
}

TEST(OwnForm, BansWithAndWithoutReasonAndScores) {
  for (const char* text : {R"({"expiry":5,"lastUpdate":4})", R"({"expiry":5,"lastUpdate":4,"reason":"why"})",
                           R"({"expiry":5,"lastUpdate":4,"reason":"a \"quoted\" \\ one"})"}) {
    const auto ban = parse_ban(text);
    ASSERT_TRUE(ban) << text;
    EXPECT_EQ(to_json(*ban), text);
  }
  EXPECT_FALSE(parse_ban(R"({"expiry":5,"lastUpdate":4,"reason":"why})"));
  EXPECT_FALSE(parse_ban(R"({"expiry":5,"lastUpdate":4}})"));
}

}  // namespace
}  // namespace opwire::opstack::reputation
