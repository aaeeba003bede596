#include "opwire/metrics/process_metrics.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

namespace opwire::metrics {
namespace {

std::optional<std::string> read_file(const char* path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// /proc/self/stat after the name, which is in brackets and may hold anything: from number 3 of proc(5) on.
class Stat {
 public:
  void read() {
    fields_.clear();
    const auto text = read_file("/proc/self/stat");
    const std::size_t begin = text ? text->rfind(')') : std::string::npos;
    if (begin == std::string::npos) return;
    std::istringstream words(text->substr(begin + 1));
    for (std::string word; words >> word;) fields_.push_back(std::move(word));
  }
  std::optional<double> field(std::size_t number) const {
    if (number < 3 || number - 3 >= fields_.size()) return std::nullopt;
    return std::stod(fields_[number - 3]);
  }
  std::optional<double> seconds(std::size_t number) const {
    const auto ticks = field(number);
    if (!ticks) return std::nullopt;
    return *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

 private:
  std::vector<std::string> fields_;
};

// Seconds since 1970: the machine's start, and ours after it.
std::optional<double> start_time(const Stat& stat) {
  const auto text = read_file("/proc/stat");
  const std::size_t at = text ? text->find("\nbtime ") : std::string::npos;
  const auto since_boot = stat.seconds(22);
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

template <class Read>
ReadSeries series_of(Read read) {
  return [read](Series& series) {
    if (const std::optional<double> value = read()) series.add({}, *value);
  };
}

std::optional<double> processor_time(const Stat& stat) {
  const auto user = stat.seconds(14);
  const auto kernel = stat.seconds(15);
  return user && kernel ? std::optional(*user + *kernel) : std::nullopt;
}

std::optional<double> resident_memory(const Stat& stat) {
  const auto pages = stat.field(24);
  return pages ? std::optional(*pages * static_cast<double>(sysconf(_SC_PAGESIZE))) : std::nullopt;
}

}  // namespace

void add_process_metrics(Registry& registry) {
  const auto stat = std::make_shared<Stat>();
  stat->read();
  const auto started = start_time(*stat);  // does not change
  registry.before_reading([stat] { stat->read(); });
  registry.counters("process_cpu_seconds_total", "Processor time, in user mode and in the kernel",
                    series_of([stat] { return processor_time(*stat); }));
  registry.gauges("process_resident_memory_bytes", "Memory in use",
                  series_of([stat] { return resident_memory(*stat); }));
  registry.gauges("process_virtual_memory_bytes", "Address space in use",
                  series_of([stat] { return stat->field(23); }));
  registry.gauges("process_open_fds", "Open files and sockets", series_of(open_files));
  registry.gauges("process_max_fds", "How many there may be", series_of(file_limit));
  registry.gauges("process_start_time_seconds", "When it was started", series_of([started] { return started; }));
}

}  // namespace opwire::metrics
