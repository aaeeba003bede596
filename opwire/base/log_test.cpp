#include "opwire/base/log.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace opwire::log {
namespace {

using namespace std::chrono_literals;

constexpr ErrorKind kBad{"test.bad", "it is bad"};
constexpr Logger kLog{"swarm"};

void configure_as(Format format, std::string_view levels = "info") {
  Options options = parse_levels(levels).value();
  options.format = format;
  ASSERT_TRUE(configure(options));
}

std::string written(Format format, Fields fields, std::string_view message = "peer joined") {
  configure_as(format);
  const Capture capture;
  kLog.info(message, fields);
  return capture.text();
}

// The pattern that puts the time in front also opens the brace.
boost::json::object as_json(const std::string& line) {
  return boost::json::parse("{" + line).as_object();
}

TEST(Log, TextHasMessageModuleAndPairs) {
  EXPECT_EQ(written(Format::kText, {{"peer", "16Uiu2"}, {"count", 3}, {"dialled", true}, {"why", Error(kBad)}}),
            "peer joined  module=swarm peer=16Uiu2 count=3 dialled=true why=\"it is bad\"\n");
  EXPECT_EQ(written(Format::kTerminal, {}), "peer joined  module=swarm\n");
}

TEST(Log, LogfmtQuotesTheMessage) {
  EXPECT_EQ(written(Format::kLogfmt, {{"peer", "a b"}}), "lvl=INFO msg=\"peer joined\" module=swarm peer=\"a b\"\n");
}

TEST(Log, JsonIsJson) {
  const auto line = as_json(written(Format::kJson, {{"peer", "a\"b"}, {"count", -3}, {"on", false}, {"rate", 0.5}}));
  EXPECT_EQ(line.at("lvl").as_string(), "INFO");
  EXPECT_EQ(line.at("msg").as_string(), "peer joined");
  EXPECT_EQ(line.at("module").as_string(), "swarm");
  EXPECT_EQ(line.at("peer").as_string(), "a\"b");
  EXPECT_EQ(line.at("count").as_int64(), -3);
  EXPECT_EQ(line.at("on").as_bool(), false);
  EXPECT_DOUBLE_EQ(line.at("rate").as_double(), 0.5);
}

TEST(Log, NumbersThatJsonDoesNotHaveBecomeText) {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto line = as_json(written(Format::kJson, {{"a", infinite}, {"b", infinite - infinite}}));
  EXPECT_TRUE(line.at("a").is_string());
  EXPECT_TRUE(line.at("b").is_string());
}

// A peer's agent string or protocol name must neither move the cursor nor forge a line.
TEST(Log, NoByteOfAPeerReachesTheTerminalUnescaped) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const Format format : {Format::kText, Format::kTerminal, Format::kLogfmt, Format::kJson}) {
    const std::string line = written(format, {{"agent", all}});
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    for (const unsigned char c : line.substr(0, line.size() - 1)) {
      ASSERT_TRUE(c >= ' ' && c < 0x7f) << static_cast<int>(c);
    }
  }
  EXPECT_NO_THROW(as_json(written(Format::kJson, {{"agent", all}})));
}

TEST(Log, ValuesThatCouldBeMisreadAreQuoted) {
  for (const char* value : {"", "a b", "a=b", "a\"b", "a\\b", "a\nb", "\x1b[31m", "\xc2\x9b"}) {
    const std::string line = written(Format::kText, {{"v", value}});
    EXPECT_NE(line.find(" v=\""), std::string::npos) << value;
  }
  EXPECT_EQ(written(Format::kText, {{"v", "a\x1b[2Jb"}}), "peer joined  module=swarm v=\"a\\u001b[2Jb\"\n");
}

TEST(Log, LevelsByModule) {
  configure_as(Format::kText, "swarm=debug,gossipsub=off,warn");
  const Capture capture;
  constexpr Logger kGossip{"gossipsub"};
  constexpr Logger kOther{"identify"};
  kLog.debug("1");
  kLog.trace("2");
  kGossip.error("3");
  kOther.info("4");
  kOther.warn("5");
  EXPECT_EQ(capture.text(), "1  module=swarm\n5  module=identify\n");
  EXPECT_TRUE(kLog.enabled(Level::kDebug));
  EXPECT_FALSE(kOther.enabled(Level::kInfo));
}

TEST(Log, LevelNamesAsInGo) {
  const std::pair<const char*, Level> names[] = {
      {"trace", Level::kTrace}, {"trce", Level::kTrace}, {"DEBUG", Level::kDebug}, {"dbug", Level::kDebug},
      {"Info", Level::kInfo},   {"warn", Level::kWarn},  {"error", Level::kError}, {"eror", Level::kError},
      {"CRIT", Level::kError},  {"off", Level::kOff},    {"", Level::kInfo}};
  for (const auto& [name, level] : names) EXPECT_EQ(parse_levels(name).value().level, level) << name;
}

TEST(Log, UnknownLevelsAreNamed) {
  EXPECT_NE(parse_levels("loud").error().find("'loud'"), std::string::npos);
  EXPECT_NE(parse_levels("info,swarm=loud").error().find("'loud'"), std::string::npos);
  Options options;
  options.modules = "swarm";
  EXPECT_NE(configure(options).error().find("'swarm'"), std::string::npos);
}

TEST(Log, WholeLinesGoToStderrWithTheTimeInFront) {
  configure_as(Format::kJson);
  testing::internal::CaptureStderr();
  kLog.warn("disk full", {{"path", "/x"}});
  const std::string text = testing::internal::GetCapturedStderr();
  const auto line = boost::json::parse(text).as_object();
  EXPECT_EQ(line.at("lvl").as_string(), "WARN");
  EXPECT_EQ(line.at("t").as_string().at(10), 'T');
  configure_as(Format::kText);
}

TEST(Log, LevelsStandInAColumn) {
  configure_as(Format::kText);
  testing::internal::CaptureStderr();
  kLog.warn("disk full");
  kLog.error("disk gone");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find(" WARN  disk full"), std::string::npos) << text;
  EXPECT_NE(text.find(" ERROR disk gone"), std::string::npos) << text;
}

TEST(LogLimit, OneLineAnIntervalThatTellsWhatWasLeftOut) {
  Limit limit(10s);
  const TimePoint start{1h};
  EXPECT_TRUE(limit.admit(start));
  EXPECT_EQ(limit.suppressed(), 0U);
  EXPECT_FALSE(limit.admit(start + 1s));
  EXPECT_FALSE(limit.admit(start + 9s));
  EXPECT_TRUE(limit.admit(start + 10s));
  EXPECT_EQ(limit.suppressed(), 2U);
  EXPECT_TRUE(limit.admit(start + 20s));
  EXPECT_EQ(limit.suppressed(), 0U);
}

}  // namespace
}  // namespace opwire::log
