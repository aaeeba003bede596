#include "cli/go_values.hpp"

#include <gtest/gtest.h>

#include "cli/byte_size.hpp"

namespace opwire::cli {
namespace {

using namespace std::chrono_literals;

TEST(GoValues, TruthValuesAreGosTwelve) {
  for (const char* yes : {"1", "t", "T", "true", "True", "TRUE"}) EXPECT_EQ(parse_go_bool(yes), true) << yes;
  for (const char* no : {"0", "f", "F", "false", "False", "FALSE"}) EXPECT_EQ(parse_go_bool(no), false) << no;
  for (const char* neither : {"", "yes", "on", "tRue", " true", "2"}) EXPECT_EQ(parse_go_bool(neither), std::nullopt);
}

TEST(GoValues, Durations) {
  EXPECT_EQ(parse_go_duration("30s"), 30s);
  EXPECT_EQ(parse_go_duration("1m30s"), 90s);
  EXPECT_EQ(parse_go_duration("10m"), 10min);
  EXPECT_EQ(parse_go_duration("1h0m0.5s"), 1h + 500ms);
  EXPECT_EQ(parse_go_duration("200ms"), 200ms);
  EXPECT_EQ(parse_go_duration("1.5h"), 90min);
  EXPECT_EQ(parse_go_duration(".5s"), 500ms);
  EXPECT_EQ(parse_go_duration("5.s"), 5s);
  EXPECT_EQ(parse_go_duration("3us"), 3us);
  EXPECT_EQ(parse_go_duration("3\u00b5s"), 3us);
  EXPECT_EQ(parse_go_duration("7ns"), 7ns);
  EXPECT_EQ(parse_go_duration("-1m"), -1min);
  EXPECT_EQ(parse_go_duration("+2s"), 2s);
  EXPECT_EQ(parse_go_duration("0"), 0s);
  EXPECT_EQ(parse_go_duration("0.123456789123s"), 123'456'789ns);
}

TEST(GoValues, WhatGoRefusesIsRefused) {
  for (const char* bad : {"", "3", "-", "s", ".s", "1x", "1s2", "1 s", " 1s", "1..5s", "1.2.3s", "1d", "--1s", "1e3s",
                          "99999999999h", "9223372036854775808ns"}) {
    EXPECT_EQ(parse_go_duration(bad), std::nullopt) << bad;
  }
}

TEST(GoValues, DurationsAreWrittenAsGoWritesThem) {
  EXPECT_EQ(to_go_duration(0s), "0s");
  EXPECT_EQ(to_go_duration(90s), "1m30s");
  EXPECT_EQ(to_go_duration(2h), "2h0m0s");
  EXPECT_EQ(to_go_duration(200ms), "200ms");
  EXPECT_EQ(to_go_duration(1500us), "1.5ms");
  EXPECT_EQ(to_go_duration(1050ms), "1.05s");
  EXPECT_EQ(to_go_duration(7ns), "7ns");
  EXPECT_EQ(to_go_duration(-2s), "-2s");
  for (const Duration duration : {Duration(1), Duration(123'456'789'012), Duration(3'600'000'000'001)}) {
    EXPECT_EQ(parse_go_duration(to_go_duration(duration)), duration);
  }
}

TEST(GoValues, Numbers) {
  EXPECT_EQ(parse_go_uint("9222"), 9222u);
  EXPECT_EQ(parse_go_uint("0x10"), 16u);
  EXPECT_EQ(parse_go_uint("0b11"), 3u);
  EXPECT_EQ(parse_go_uint("18446744073709551615"), ~std::uint64_t{0});
  for (const char* bad : {"", "-1", "+1", "1.5", "0x", "18446744073709551616", "12a", " 1"}) {
    EXPECT_EQ(parse_go_uint(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_go_float("-100"), -100.0);
  EXPECT_EQ(parse_go_float("inf"), std::nullopt);
  EXPECT_EQ(parse_go_float("1x"), std::nullopt);
}

TEST(GoValues, ListsAreTrimmedAndHaveNoEmptyItems) {
  EXPECT_EQ(split_list(" a, b ,,c,"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(split_list("").empty());
  EXPECT_TRUE(split_list(" , ").empty());
}

TEST(ByteSize, UnitsAndLimits) {
  EXPECT_EQ(parse_byte_size("0"), 0u);
  EXPECT_EQ(parse_byte_size("1000"), 1000u);
  EXPECT_EQ(parse_byte_size("64KiB"), 65536u);
  EXPECT_EQ(parse_byte_size("5MB"), 5'000'000u);
  EXPECT_EQ(parse_byte_size("1G"), std::uint64_t{1} << 30);
  for (const char* bad : {"", "MiB", "-1", "1.5MiB", "1 MiB", "1TiB", "99999999999999GiB"}) {
    EXPECT_EQ(parse_byte_size(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace opwire::cli
