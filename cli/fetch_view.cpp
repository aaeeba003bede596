#include "cli/fetch_view.hpp"

#include <cstdio>

namespace opwire::cli {
namespace {
constexpr std::size_t kBar = 30;
}

std::string fetch_line(const opstack::RangeProgress& progress, TimePoint now) {
  const double done =
      progress.wanted == 0 ? 1 : static_cast<double>(progress.proved) / static_cast<double>(progress.wanted);
  const auto filled = static_cast<std::size_t>(done * kBar);
  std::string line = "[" + std::string(filled, '#') + std::string(kBar - filled, '.') + "] " +
                     std::to_string(progress.proved) + " of " + std::to_string(progress.wanted) + " blocks";
  if (const auto left = progress.seconds_left(now)) {
    char text[64];
    std::snprintf(text, sizeof text, ", %.0f a second, %.0f s left", progress.rate(now), *left);
    line += text;
  }
  return line + ", " + std::to_string(progress.peers) + (progress.peers == 1 ? " peer" : " peers");
}

void FetchProgress::draw(const std::optional<opstack::RangeProgress>& progress, TimePoint now) {
  if (!progress) return;
  std::fprintf(stderr, "\r\x1b[K%s", fetch_line(*progress, now).c_str());
  std::fflush(stderr);
}

void FetchProgress::erase() {
  std::fprintf(stderr, "\r\x1b[K");
}

}  // namespace opwire::cli
