#include "opwire/runtime/memory_use.hpp"

#include <fstream>

#include <unistd.h>

namespace opwire {

std::optional<std::size_t> resident_bytes() {
  std::ifstream pages("/proc/self/statm");
  std::size_t in_all = 0;
  std::size_t resident = 0;
  if (!(pages >> in_all >> resident)) return std::nullopt;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace opwire
