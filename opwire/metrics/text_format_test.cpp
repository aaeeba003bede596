#include "opwire/metrics/text_format.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace opwire::metrics::text_format {
namespace {

std::string shown(double value) {
  std::string out;
  append_sample(out, "n", {}, value);
  return out.substr(2, out.size() - 3);
}

TEST(TextFormat, Numbers) {
  EXPECT_EQ(shown(0), "0");
  EXPECT_EQ(shown(-3), "-3");
  EXPECT_EQ(shown(0.1), "0.1");
  EXPECT_EQ(shown(-0.025), "-0.025");
  EXPECT_EQ(shown(1e15), "1000000000000000");
  EXPECT_EQ(shown(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(shown(1e20), "1e+20");
  EXPECT_EQ(shown(18446744073709551615.0), "1.844674407370955e+19");
  EXPECT_EQ(shown(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(shown(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(shown(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(shown(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(TextFormat, HeadsAndLabels) {
  std::string out;
  append_head(out, "events_total", "Events", "counter");
  append_sample(out, "events_total", {{"type", "a\"b\\c\nd"}, {"x", ""}}, 1);
  EXPECT_EQ(out,
            "# HELP events_total Events\n# TYPE events_total counter\n"
            "events_total{type=\"a\\\"b\\\\c\\nd\",x=\"\"} 1\n");
}

TEST(TextFormat, HistogramsAreAddedUp) {
  Histogram histogram({0.5, 2});
  for (const double value : {0.1, 0.5, 1.0, 9.0}) histogram.observe(value);
  std::string out;
  append_histogram(out, "age", {{"role", "client"}}, histogram);
  EXPECT_EQ(out,
            "age_count{role=\"client\"} 4\nage_sum{role=\"client\"} 10.6\n"
            "age_bucket{role=\"client\",le=\"0.5\"} 2\nage_bucket{role=\"client\",le=\"2\"} 3\n"
            "age_bucket{role=\"client\",le=\"+Inf\"} 4\n");
}

}  // namespace
}  // namespace opwire::metrics::text_format
