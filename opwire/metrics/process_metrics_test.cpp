#include "opwire/metrics/process_metrics.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace opwire::metrics {
namespace {

double value_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) return -1;
  return std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, AreOfThisProcess) {
  Registry registry;
  add_process_metrics(registry);
  const std::string text = registry.text();
  EXPECT_GE(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes"), value_of(text, "process_resident_memory_bytes"));
  EXPECT_GT(value_of(text, "process_start_time_seconds"), 1.6e9);
  EXPECT_GE(value_of(text, "process_open_fds"), 3);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_DOUBLE_EQ(value_of(text, "process_max_fds"), static_cast<double>(limit.rlim_cur));
}

}  // namespace
}  // namespace opwire::metrics
