#include "opwire/metrics/registry.hpp"

#include <algorithm>
#include <cmath>

#include "opwire/base/check.hpp"
#include "opwire/metrics/text_format.hpp"

namespace opwire::metrics {
namespace {

bool is_name(std::string_view name, std::string_view further) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           further.find(c) != std::string_view::npos;
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), fits);
}

void check_names(const Labels& labels) {
  for (const auto& [name, value] : labels) OPW_CHECK(is_name(name, "_"));
}

const char* const kLeftOut = "opwire_metrics_left_out";

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

void Histogram::set(std::span<const std::uint64_t> counts, double sum) {
  OPW_CHECK(counts.size() == counts_.size());
  std::copy(counts.begin(), counts.end(), counts_.begin());
  sum_ = sum;
}

void Series::add(Labels labels, double value) {
  check_names(labels);
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
  check_names(labels);
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

const char* Registry::kind_name(Kind kind) noexcept {
  return kind == Kind::kGauge ? "gauge" : kind == Kind::kCounter ? "counter" : "histogram";
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> all{kLeftOut};
  for (const Family& family : families_) all.push_back(family.name);
  return all;
}

std::string Registry::text() const {
  for (const auto& prepare : preparations_) prepare();
  std::string out;
  out.reserve(last_size_ + last_size_ / 8);
  std::uint64_t omitted = 0;
  for (const Family& family : families_) {
    Series series;
    family.read(series);
    omitted += series.left_out_;
    text_format::append_head(out, family.name, family.help, kind_name(family.kind));
    for (const Series::One& one : series.all_) {
      if (one.histogram != nullptr) {
        text_format::append_histogram(out, family.name, one.labels, *one.histogram);
      } else {
        text_format::append_sample(out, family.name, one.labels, one.value);
      }
    }
  }
  text_format::append_head(out, kLeftOut, "Series that were left out of this answer: too many of one name", "gauge");
  text_format::append_sample(out, kLeftOut, {}, static_cast<double>(omitted));
  last_size_ = out.size();
  return out;
}

}  // namespace opwire::metrics
