#include "opwire/metrics/registry.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "opwire/base/check.hpp"

namespace opwire::metrics {
namespace {

bool is_name(std::string_view name, std::string_view further) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           further.find(c) != std::string_view::npos;
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), fits);
}

std::vector<prometheus::ClientMetric::Label> to_labels(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> all;
  for (const auto& [name, value] : labels) {
    OPW_CHECK(is_name(name, "_"));
    all.push_back({name, value});
  }
  return all;
}

prometheus::ClientMetric::Histogram to_histogram(const Histogram& from) {
  prometheus::ClientMetric::Histogram histogram;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < from.counts().size(); ++i) {
    so_far += from.counts()[i];
    const double bound = i < from.bounds().size() ? from.bounds()[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({so_far, bound});
  }
  histogram.sample_count = so_far;
  histogram.sample_sum = from.sum();
  return histogram;
}

prometheus::MetricFamily left_out(std::uint64_t count) {
  prometheus::MetricFamily family;
  family.name = "opwire_metrics_left_out";
  family.help = "Series that were left out of this answer: too many of one name";
  family.type = prometheus::MetricType::Gauge;
  family.metric.emplace_back().gauge.value = static_cast<double>(count);
  return family;
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  OPW_CHECK(std::is_sorted(bounds_.begin(), bounds_.end(), std::less_equal<>()));
}

void Histogram::observe(double value) noexcept {
  if (!std::isfinite(value)) return;
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++counts_[static_cast<std::size_t>(at - bounds_.begin())];
  sum_ += value;
}

void Series::add(Labels labels, double value) {
  const auto same = std::find_if(all_.begin(), all_.end(), [&](const One& one) { return one.labels == labels; });
  if (same != all_.end()) {
    same->value += value;
  } else if (all_.size() >= kMaxSeries) {
    ++left_out_;
  } else {
    all_.push_back({std::move(labels), value, nullptr});
  }
}

void Series::add(Labels labels, const Histogram& histogram) {
  if (all_.size() >= kMaxSeries) {
    ++left_out_;
  } else {
    all_.push_back({std::move(labels), 0, &histogram});
  }
}

void Registry::add(Family family) {
  OPW_CHECK(is_name(family.name, "_:"));
  for (const Family& other : families_) OPW_CHECK(other.name != family.name);
  families_.push_back(std::move(family));
}

void Registry::gauge(std::string name, std::string help, ReadNumber read) {
  gauges(std::move(name), std::move(help), [read = std::move(read)](Series& series) { series.add({}, read()); });
}

void Registry::counter(std::string name, std::string help, ReadNumber read) {
  counters(std::move(name), std::move(help), [read = std::move(read)](Series& series) { series.add({}, read()); });
}

void Registry::gauges(std::string name, std::string help, ReadSeries read) {
  add({std::move(name), std::move(help), Kind::kGauge, std::move(read)});
}

void Registry::counters(std::string name, std::string help, ReadSeries read) {
  add({std::move(name), std::move(help), Kind::kCounter, std::move(read)});
}

void Registry::histograms(std::string name, std::string help, ReadSeries read) {
  add({std::move(name), std::move(help), Kind::kHistogram, std::move(read)});
}

Histogram& Registry::histogram(std::string name, std::string help, std::vector<double> bounds) {
  Histogram& histogram = histograms_.emplace_back(std::move(bounds));
  histograms(std::move(name), std::move(help), [&histogram](Series& series) { series.add({}, histogram); });
  return histogram;
}

std::string Registry::text() const {
  std::vector<prometheus::MetricFamily> families;
  std::uint64_t omitted = 0;
  for (const Family& from : families_) {
    Series series;
    from.read(series);
    omitted += series.left_out_;
    if (series.all_.empty()) continue;
    prometheus::MetricFamily& family = families.emplace_back();
    family.name = from.name;
    family.help = from.help;
    for (const Series::One& one : series.all_) {
      prometheus::ClientMetric& metric = family.metric.emplace_back();
      metric.label = to_labels(one.labels);
      metric.gauge.value = one.value;
      metric.counter.value = one.value;
      if (one.histogram != nullptr) metric.histogram = to_histogram(*one.histogram);
    }
    family.type = from.kind == Kind::kGauge     ? prometheus::MetricType::Gauge
                  : from.kind == Kind::kCounter ? prometheus::MetricType::Counter
                                                : prometheus::MetricType::Histogram;
  }
  families.push_back(left_out(omitted));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace opwire::metrics
