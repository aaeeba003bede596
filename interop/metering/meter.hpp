// Spans of this process: wall time, and CPU time (user and system) of all its threads.
#pragma once

#include <cstdint>

#include "opwire/base/time.hpp"

namespace opwire::interop {

class Meter {
 public:
  Meter();
  double wall_seconds() const;
  double cpu_seconds() const;

 private:
  TimePoint wall_;
  double cpu_;
};

/// Of this process, now; 0 when the system does not tell.
std::uint64_t resident_bytes();

/// What the allocator holds without using it.
void give_memory_back();

}  // namespace opwire::interop
