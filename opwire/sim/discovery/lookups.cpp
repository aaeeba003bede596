#include "opwire/sim/discovery/lookups.hpp"

#include <algorithm>
#include <cstdio>

#include "opwire/sim/report.hpp"

namespace opwire::sim {
namespace {

constexpr std::size_t kNearest = 16;

template <class Value>
Value quantile_of(const std::vector<LookupSample>& samples, double quantile, Value LookupSample::* member) {
  if (samples.empty()) return {};
  std::vector<Value> values;
  for (const LookupSample& sample : samples) values.push_back(sample.*member);
  std::ranges::sort(values);
  const auto place = static_cast<std::size_t>(quantile * static_cast<double>(values.size()));
  return values[std::min(place, values.size() - 1)];
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

LookupSample sample_of(const KademliaNetwork& network, const discv5::LookupResult& result,
                       const std::vector<discv5::RecordPtr>& wanted, Duration took) {
  LookupSample sample{result.hops, result.asked, took, 0, 0};
  const auto is_own = [&](const discv5::RecordPtr& record) { return network.directory().contains(record->id()); };
  const auto is_found = [&](const discv5::RecordPtr& record) {
    return std::ranges::any_of(result.nearest, [&](const auto& found) { return found->id() == record->id(); });
  };
  sample.own = share(static_cast<std::size_t>(std::ranges::count_if(result.nearest, is_own)), result.nearest.size());
  sample.recall = share(static_cast<std::size_t>(std::ranges::count_if(wanted, is_found)), wanted.size());
  return sample;
}

void begin(KademliaNetwork& network, CoreNode& asker, const std::shared_ptr<LookupReport>& report) {
  const discv5::NodeId target = network.random_id();
  const TimePoint start = network.loop().now();
  auto wanted = network.nearest_alive(target, kNearest, asker.id());
  ++report->begun;
  asker.lookup(target, [&network, report, start, wanted = std::move(wanted)](const Result<discv5::LookupResult>& result,
                                                                             TimePoint now) {
    if (result) report->ended.push_back(sample_of(network, *result, wanted, now - start));
  });
}

}  // namespace

double LookupReport::hops(double quantile) const {
  return quantile_of(ended, quantile, &LookupSample::hops);
}

double LookupReport::asked(double quantile) const {
  return static_cast<double>(quantile_of(ended, quantile, &LookupSample::asked));
}

Duration LookupReport::took(double quantile) const {
  return quantile_of(ended, quantile, &LookupSample::took);
}

LookupReport play_lookups(KademliaNetwork& network, const LookupOptions& options) {
  // Those that do not end in time must not find it gone.
  const auto report = std::make_shared<LookupReport>();
  for (std::size_t i = 0; i < options.lookups; ++i) {
    begin(network, options.asker != nullptr ? *options.asker : network.any_alive(), report);
    network.loop().run_for(options.interval);
  }
  const TimePoint end = network.loop().now() + options.patience;
  while (report->ended.size() < report->begun && network.loop().now() < end) {
    network.loop().run_for(std::chrono::milliseconds(100));
  }
  for (const LookupSample& sample : report->ended) {
    report->recall += sample.recall / static_cast<double>(report->ended.size());
    report->own += sample.own / static_cast<double>(report->ended.size());
  }
  return *report;
}

std::string lookup_table_head() {
  return "| lookups | ended | hops p50, p99 | asked p50, p99 | ms p50, p99 | nearest 16 found | honest |\n"
         "|---|---|---|---|---|---|---|\n";
}

std::string lookup_table_row(const std::string& name, const LookupReport& report) {
  char row[256];
  std::snprintf(row, sizeof(row), "| %s | %zu of %zu | %.0f, %.0f | %.0f, %.0f | %.0f, %.0f | %.1f %% | %.1f %% |\n",
                name.c_str(), report.ended.size(), report.begun, report.hops(0.5), report.hops(0.99), report.asked(0.5),
                report.asked(0.99), milliseconds_of(report.took(0.5)), milliseconds_of(report.took(0.99)),
                100 * report.recall, 100 * report.own);
  return row;
}

}  // namespace opwire::sim
