// The process itself, under the names that every Prometheus client has: processor time, memory, open files.
//
// Read from /proc/self, which is memory and not a disk. Where it is not there, the names stand alone.
#pragma once

#include "opwire/metrics/registry.hpp"

namespace opwire::metrics {

void add_process_metrics(Registry& registry);

}  // namespace opwire::metrics
