// What came out of a run.
#pragma once

#include <array>
#include <string>

#include "opwire/sim/delivery_log.hpp"

namespace opwire::sim {

double milliseconds_of(Duration duration);

struct MeshDegrees {
  std::size_t min = 0, median = 0, max = 0;
};

/// Counts degrees over nodes and time.
class DegreeHistogram {
 public:
  void add(std::size_t degree) { ++counts_[std::min(degree, counts_.size() - 1)]; }
  MeshDegrees degrees() const;

 private:
  std::array<std::uint64_t, 64> counts_{};
};

struct Report {
  DeliverySummary delivery;
  double duplicates_per_delivery = 0;
  std::uint64_t bytes_per_node = 0;  ///< sent, on average
  std::uint64_t packets = 0;
  std::size_t cuts = 0;
  std::size_t crashes = 0;
  MeshDegrees mesh_throughout;  ///< of nodes that had run for kStays, each second
  MeshDegrees mesh_at_end;
  Duration simulated{};
  std::uint64_t fingerprint = 0;
};

/// Lines for people.
std::string to_text(const Report& report);

}  // namespace opwire::sim
