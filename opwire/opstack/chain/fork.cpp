#include "opwire/opstack/chain/fork.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"

namespace opwire::opstack {
namespace {

constexpr std::array<std::string_view, kForkCount> kNames{"bedrock", "regolith", "canyon",  "delta",
                                                          "ecotone", "fjord",    "granite", "holocene",
                                                          "isthmus", "jovian",   "karst",   "interop"};

}  // namespace

std::string_view to_string(Fork fork) noexcept {
  return kNames[static_cast<std::size_t>(fork)];
}

std::optional<Fork> parse_fork(std::string_view name) noexcept {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Fork>(found - kNames.begin());
}

void ForkSchedule::set_time(Fork fork, std::optional<std::uint64_t> time) noexcept {
  OPW_CHECK(fork != Fork::kBedrock);
  times_[static_cast<std::size_t>(fork)] = time;
}

bool ForkSchedule::is_active(Fork fork, std::uint64_t timestamp) const noexcept {
  const auto start = time(fork);
  return start && timestamp >= *start;
}

PayloadVersion ForkSchedule::payload_version(std::uint64_t timestamp) const noexcept {
  if (is_active(Fork::kIsthmus, timestamp)) return PayloadVersion::kV4;
  if (is_active(Fork::kEcotone, timestamp)) return PayloadVersion::kV3;
  if (is_active(Fork::kCanyon, timestamp)) return PayloadVersion::kV2;
  return PayloadVersion::kV1;
}

}  // namespace opwire::opstack
