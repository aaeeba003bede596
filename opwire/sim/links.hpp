// How long bytes take from one machine to another.
#pragma once

#include <cstdint>

#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"

namespace opwire::sim {

/// The place of a machine in its Internet.
using MachineId = std::uint32_t;

/// Each pair of machines is a constant distance apart, drawn between the two bounds; each packet may take longer.
struct LinkOptions {
  LinkOptions() = default;
  LinkOptions(Duration min, Duration max, Duration jitter_up_to = {})
      : min_latency(min), max_latency(max), jitter(jitter_up_to) {}

  Duration min_latency{};  ///< one way
  Duration max_latency{};
  Duration jitter{};  ///< at most this much more, by chance; packets of one connection keep their order
};

/// Bytes per second; 0: without limit.
struct Bandwidth {
  std::uint64_t up = 0;
  std::uint64_t down = 0;
};

class Links {
 public:
  Links(std::uint64_t seed, const LinkOptions& options) : seed_(seed), options_(options), jitter_(seed) {}

  /// The same in both directions, and always.
  Duration latency(MachineId a, MachineId b) const;
  /// Latency and jitter of the next packet.
  Duration packet_delay(MachineId from, MachineId to);

 private:
  std::uint64_t seed_;
  LinkOptions options_;
  SeededRng jitter_;
};

/// A wire that carries one byte after another: what comes while it is busy waits.
class SerialLine {
 public:
  explicit SerialLine(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  bool unlimited() const noexcept { return rate_ == 0; }
  /// When the last of these bytes has passed, if they queue up now.
  TimePoint pass(std::size_t bytes, TimePoint now);

 private:
  std::uint64_t rate_;
  TimePoint free_at_{};
};

/// A seed for a purpose of its own: different for each (seed, stream).
std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) noexcept;

}  // namespace opwire::sim
