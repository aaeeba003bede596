#include "opwire/sim/links.hpp"

#include <algorithm>

namespace opwire::sim {

std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) noexcept {
  // SplitMix64's finaliser over both.
  std::uint64_t x = seed + 0x9e3779b97f4a7c15 * (stream + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

Duration Links::latency(MachineId a, MachineId b) const {
  const auto [low, high] = std::minmax(a, b);
  const auto span = static_cast<std::uint64_t>((options_.max_latency - options_.min_latency).count());
  const std::uint64_t pair = (static_cast<std::uint64_t>(high) << 32) | low;
  return options_.min_latency + Duration(static_cast<Duration::rep>(derive_seed(seed_, pair) % (span + 1)));
}

Duration Links::packet_delay(MachineId from, MachineId to) {
  Duration delay = latency(from, to);
  if (options_.jitter > Duration::zero()) {
    delay += Duration(static_cast<Duration::rep>(jitter_.below(static_cast<std::uint64_t>(options_.jitter.count()))));
  }
  return delay;
}

TimePoint SerialLine::pass(std::size_t bytes, TimePoint now) {
  if (unlimited()) return now;
  const auto busy = static_cast<Duration::rep>(bytes * 1'000'000'000ull / rate_);
  free_at_ = std::max(free_at_, now) + Duration(busy);
  return free_at_;
}

}  // namespace opwire::sim
