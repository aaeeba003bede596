#include "opwire/sim/report.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace opwire::sim {
namespace {

__attribute__((format(printf, 1, 2))) std::string line(const char* format, ...) {
  char text[160];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  return std::string(text) + '\n';
}

std::string degrees_line(const char* name, const MeshDegrees& degrees) {
  return line("%-22s min %zu, median %zu, max %zu", name, degrees.min, degrees.median, degrees.max);
}

}  // namespace

double milliseconds_of(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

MeshDegrees DegreeHistogram::degrees() const {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts_) total += count;
  if (total == 0) return {};
  MeshDegrees found;
  std::uint64_t below = 0;
  for (std::size_t degree = 0; degree < counts_.size(); ++degree) {
    if (counts_[degree] == 0) continue;
    if (below == 0) found.min = degree;
    if (below <= total / 2) found.median = degree;
    found.max = degree;
    below += counts_[degree];
  }
  return found;
}

std::string to_text(const Report& report) {
  const DeliverySummary& d = report.delivery;
  const double share = d.expected == 0 ? 0 : 100.0 * static_cast<double>(d.delivered) / static_cast<double>(d.expected);
  std::string text;
  text += line("%-22s %.0f s", "simulated", std::chrono::duration<double>(report.simulated).count());
  text += line("%-22s %zu crashes, %zu connections cut", "disturbances", report.crashes, report.cuts);
  text += line("%-22s %.4f %% (%zu of %zu, %zu messages)", "delivered", share, d.delivered, d.expected, d.messages);
  for (std::size_t i = 0; i < std::min<std::size_t>(d.misses.size(), 5); ++i) {
    const Miss& miss = d.misses[i];
    text += line("%-22s message %zu did not reach node %zu", "", miss.message, miss.node);
  }
  text += line("%-22s p50 %.0f ms, p99 %.0f ms, max %.0f ms", "delay", milliseconds_of(d.p50), milliseconds_of(d.p99),
               milliseconds_of(d.max));
  text += line("%-22s %.2f", "duplicates a delivery", report.duplicates_per_delivery);
  text += line("%-22s %.1f MiB sent, %llu packets in all", "bytes a node",
               static_cast<double>(report.bytes_per_node) / 1048576, static_cast<unsigned long long>(report.packets));
  text += degrees_line("mesh throughout", report.mesh_throughout);
  text += degrees_line("mesh at the end", report.mesh_at_end);
  text += line("%-22s %016llx", "fingerprint", static_cast<unsigned long long>(report.fingerprint));
  return text;
}

}  // namespace opwire::sim
