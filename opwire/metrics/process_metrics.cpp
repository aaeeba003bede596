#include "opwire/metrics/process_metrics.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace opwire::metrics {
namespace {

std::optional<std::string> read_file(const char* path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Fields of /proc/self/stat after the name, which is in brackets and may hold anything. The first is number 3 of
// proc(5).
std::optional<double> stat_field(std::size_t number) {
  const auto text = read_file("/proc/self/stat");
  const std::size_t begin = text ? text->rfind(')') : std::string::npos;
  if (begin == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(begin + 2));
  std::string field;
  for (std::size_t at = 3; at <= number; ++at) {
    if (!(fields >> field)) return std::nullopt;
  }
  return std::stod(field);
}

std::optional<double> ticks(std::size_t number) {
  const auto field = stat_field(number);
  if (!field) return std::nullopt;
  return *field / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Seconds since 1970: the machine's start, and ours after it.
std::optional<double> start_time() {
  const auto text = read_file("/proc/stat");
  const std::size_t at = text ? text->find("\nbtime ") : std::string::npos;
  const auto since_boot = ticks(22);
  if (at == std::string::npos || !since_boot) return std::nullopt;
  return std::stod(text->substr(at + 7)) + *since_boot;
}

std::optional<double> open_files() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return std::nullopt;
  double count = -3;  // "." and "..", and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

std::optional<double> file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

using Read = std::optional<double> (*)();

ReadSeries series_of(Read read) {
  return [read](Series& series) {
    if (const auto value = read()) series.add({}, *value);
  };
}

}  // namespace

void add_process_metrics(Registry& registry) {
  registry.counters("process_cpu_seconds_total", "Processor time, in user mode and in the kernel", series_of([] {
                      const auto user = ticks(14);
                      const auto system = ticks(15);
                      return user && system ? std::optional(*user + *system) : std::nullopt;
                    }));
  registry.gauges("process_resident_memory_bytes", "Memory in use", series_of([] {
                    const auto pages = stat_field(24);
                    return pages ? std::optional(*pages * static_cast<double>(sysconf(_SC_PAGESIZE))) : std::nullopt;
                  }));
  registry.gauges("process_virtual_memory_bytes", "Address space in use", series_of([] { return stat_field(23); }));
  registry.gauges("process_open_fds", "Open files and sockets", series_of(open_files));
  registry.gauges("process_max_fds", "How many there may be", series_of(file_limit));
  const auto started = start_time();  // does not change
  registry.gauges("process_start_time_seconds", "When it was started", [started](Series& series) {
    if (started) series.add({}, *started);
  });
}

}  // namespace opwire::metrics
