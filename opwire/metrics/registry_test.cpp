#include "opwire/metrics/registry.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace opwire::metrics {
namespace {

std::string only(const std::string& text, const std::string& name) {
  std::string lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (line.find(name) != std::string::npos) lines += line + "\n";
    at = end + 1;
  }
  return lines;
}

TEST(Registry, ReadsNumbersWhenAsked) {
  double peers = 3;
  Registry registry;
  registry.gauge("op_peers", "Connected peers", [&] { return peers; });
  registry.counter("op_blocks_total", "Blocks", [] { return 1e15; });
  EXPECT_EQ(only(registry.text(), "op_peers"), "# HELP op_peers Connected peers\n# TYPE op_peers gauge\nop_peers 3\n")
      << registry.text();
  peers = 4;
  EXPECT_EQ(only(registry.text(), "op_peers "), "# HELP op_peers Connected peers\n# TYPE op_peers gauge\nop_peers 4\n");
  EXPECT_EQ(only(registry.text(), "op_blocks_total"),
            "# HELP op_blocks_total Blocks\n# TYPE op_blocks_total counter\nop_blocks_total 1000000000000000\n");
}

TEST(Registry, LabelsAreEscaped) {
  Registry registry;
  registry.counters("events_total", "Events", [](Series& series) {
    series.add({{"type", "a\"b\\c\nd"}, {"x", ""}}, 1);
    series.add({{"type", "e"}, {"x", "y"}}, 2);
    series.add({{"type", "e"}, {"x", "y"}}, 5);
  });
  EXPECT_EQ(only(registry.text(), "events_total{"),
            "events_total{type=\"a\\\"b\\\\c\\nd\",x=\"\"} 1\nevents_total{type=\"e\",x=\"y\"} 7\n");
}

TEST(Registry, SeriesAreBounded) {
  Registry registry;
  registry.gauges("many", "Many", [](Series& series) {
    for (std::size_t i = 0; i < kMaxSeries + 10; ++i) series.add({{"peer", std::to_string(i)}}, 1);
  });
  const std::string text = registry.text();
  const std::string lines = only(text, "many{");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), static_cast<long>(kMaxSeries));
  EXPECT_NE(text.find("\nopwire_metrics_left_out 10\n"), std::string::npos);
}

TEST(Registry, NamesWithoutSeriesStandAlone) {
  Registry registry;
  registry.gauges("none", "None", [](Series&) {});
  EXPECT_EQ(only(registry.text(), "none"), "# HELP none None\n# TYPE none gauge\n");
  EXPECT_EQ(registry.names(), (std::vector<std::string>{"opwire_metrics_left_out", "none"}));
}

TEST(Registry, WhatManyAreReadFromIsPreparedOnce) {
  int prepared = 0;
  Registry registry;
  registry.before_reading([&] { ++prepared; });
  registry.gauge("one", "One", [&] { return prepared; });
  registry.gauge("two", "Two", [&] { return prepared; });
  registry.text();
  EXPECT_EQ(only(registry.text(), "one 2"), "one 2\n");
  EXPECT_EQ(prepared, 2);
}

TEST(Registry, HistogramsThatAreCountedElsewhere) {
  Histogram histogram({1, 2});
  histogram.set(std::vector<std::uint64_t>{3, 0, 4}, 12.5);
  EXPECT_EQ(histogram.counts(), (std::vector<std::uint64_t>{3, 0, 4}));
  EXPECT_EQ(histogram.sum(), 12.5);
}

TEST(Registry, Histograms) {
  Registry registry;
  Histogram& age = registry.histogram("age_seconds", "Age", {-1, 0.5, 2});
  for (const double value : {-5.0, -1.0, 0.0, 0.5, 0.6, 3.0, std::numeric_limits<double>::infinity()}) {
    age.observe(value);
  }
  EXPECT_EQ(only(registry.text(), "age_seconds"),
            "# HELP age_seconds Age\n# TYPE age_seconds histogram\n"
            "age_seconds_count 6\nage_seconds_sum -1.9\n"
            "age_seconds_bucket{le=\"-1\"} 2\nage_seconds_bucket{le=\"0.5\"} 4\nage_seconds_bucket{le=\"2\"} 5\n"
            "age_seconds_bucket{le=\"+Inf\"} 6\n");
}

TEST(RegistryDeathTest, NamesAreOurs) {
  Registry registry;
  registry.gauge("good", "", [] { return 0.0; });
  EXPECT_DEATH(registry.gauge("good", "", [] { return 0.0; }), "");
  EXPECT_DEATH(registry.gauge("9bad", "", [] { return 0.0; }), "");
  EXPECT_DEATH(registry.gauge("bad name", "", [] { return 0.0; }), "");
  EXPECT_DEATH(Histogram({2, 1}), "");
}

}  // namespace
}  // namespace opwire::metrics
