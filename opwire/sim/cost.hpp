// What a run costs the machine that it is played on.
#pragma once

#include <sys/resource.h>

namespace opwire::sim {

inline rusage own_usage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

inline double cpu_seconds() {
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  const rusage usage = own_usage();
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// At the most so far.
inline double mebibytes_resident() {
  return static_cast<double>(own_usage().ru_maxrss) / 1024;
}

}  // namespace opwire::sim
