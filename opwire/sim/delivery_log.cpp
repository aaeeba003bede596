#include "opwire/sim/delivery_log.hpp"

#include <algorithm>

namespace opwire::sim {
namespace {

Duration percentile(const std::vector<Duration>& sorted, unsigned percent) {
  if (sorted.empty()) return {};
  return sorted[(sorted.size() - 1) * percent / 100];
}

}  // namespace

std::size_t DeliveryLog::on_published(std::optional<std::size_t> publisher, TimePoint now) {
  messages_.push_back({publisher, now, std::vector<Duration>(nodes_, kNever)});
  return messages_.size() - 1;
}

void DeliveryLog::on_delivered(std::size_t message, std::size_t node, TimePoint now) {
  Entry& entry = messages_.at(message);
  entry.delays[node] = std::min(entry.delays[node], now - entry.published);
}

void DeliveryLog::on_healed(TimePoint now) {
  if (!splits_.empty() && splits_.back().stood.to == TimePoint::max()) splits_.back().stood.to = now;
}

bool DeliveryLog::were_apart(std::size_t a, std::size_t b, TimePoint from, TimePoint to) const {
  return std::ranges::any_of(splits_, [&](const Split& split) {
    const bool across = (a < split.first_half) != (b < split.first_half);
    return across && split.stood.from < to && from < split.stood.to;
  });
}

DeliverySummary DeliveryLog::summarise(const std::vector<std::unique_ptr<Node>>& nodes, TimePoint end) const {
  DeliverySummary summary;
  std::vector<Duration> delays;
  for (std::size_t m = 0; m < messages_.size(); ++m) {
    const Entry& entry = messages_[m];
    const TimePoint from = entry.published - kStays;
    const TimePoint to = entry.published + kStays;
    summary.in_all += static_cast<std::size_t>(
        std::count_if(entry.delays.begin(), entry.delays.end(), [](Duration delay) { return delay != kNever; }));
    if (to > end) continue;
    const bool counts = !entry.publisher || nodes[*entry.publisher]->ran(from, to);
    summary.messages += counts ? 1 : 0;
    for (std::size_t n = 0; n < nodes_; ++n) {
      const bool has = entry.delays[n] != kNever;
      if (n == entry.publisher) continue;
      if (!counts || !nodes[n]->ran(from, to)) continue;
      if (entry.publisher && were_apart(*entry.publisher, n, from, to)) continue;
      ++summary.expected;
      if (has) {
        ++summary.delivered;
        delays.push_back(entry.delays[n]);
      } else {
        summary.misses.push_back({m, n, entry.published});
      }
    }
  }
  std::sort(delays.begin(), delays.end());
  summary.p50 = percentile(delays, 50);
  summary.p99 = percentile(delays, 99);
  summary.max = percentile(delays, 100);
  return summary;
}

}  // namespace opwire::sim
