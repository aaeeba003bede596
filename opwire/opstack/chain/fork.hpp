// The OP Stack's network upgrades, and the versions of an execution payload that they brought.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace opwire::opstack {

/// In order of activation.
enum class Fork : std::uint8_t {
  kBedrock,
  kRegolith,
  kCanyon,
  kDelta,
  kEcotone,
  kFjord,
  kGranite,
  kHolocene,
  kIsthmus,
  kJovian,
  kKarst,
  kInterop
};
inline constexpr std::size_t kForkCount = 12;

/// Lower case, as in rollup.json's `<fork>_time` and op-node's `--override.<fork>`.
std::string_view to_string(Fork fork) noexcept;
std::optional<Fork> parse_fork(std::string_view name) noexcept;

/// What a payload's fields and its SSZ layout are. Each version has all that the one before it had.
enum class PayloadVersion : std::uint8_t {
  kV1 = 1,  ///< Bedrock
  kV2,      ///< Canyon: withdrawals
  kV3,      ///< Ecotone: blob gas fields, and the parent beacon block root beside the payload
  kV4,      ///< Isthmus: withdrawals root
};
inline constexpr std::array kPayloadVersions{PayloadVersion::kV1, PayloadVersion::kV2, PayloadVersion::kV3,
                                             PayloadVersion::kV4};

constexpr bool has_withdrawals(PayloadVersion version) noexcept {
  return version >= PayloadVersion::kV2;
}
constexpr bool has_blob_gas(PayloadVersion version) noexcept {
  return version >= PayloadVersion::kV3;
}
constexpr bool has_beacon_root(PayloadVersion version) noexcept {
  return version >= PayloadVersion::kV3;
}
constexpr bool has_withdrawals_root(PayloadVersion version) noexcept {
  return version >= PayloadVersion::kV4;
}

/// The n of the topic /optimism/<chain id>/<n>/blocks that carries this version.
constexpr unsigned topic_index(PayloadVersion version) noexcept {
  return static_cast<unsigned>(version) - 1;
}

/// When each fork activates: at the first L2 block whose timestamp is not below its time (Unix seconds).
class ForkSchedule {
 public:
  /// Nothing where the fork is not scheduled. Bedrock is always active.
  std::optional<std::uint64_t> time(Fork fork) const noexcept { return times_[static_cast<std::size_t>(fork)]; }
  void set_time(Fork fork, std::optional<std::uint64_t> time) noexcept;

  bool is_active(Fork fork, std::uint64_t timestamp) const noexcept;
  /// The version of a payload with this timestamp: it decides the SSZ layout and the topic. Never guessed from the
  /// payload's contents.
  PayloadVersion payload_version(std::uint64_t timestamp) const noexcept;

  friend bool operator==(const ForkSchedule&, const ForkSchedule&) = default;

 private:
  std::array<std::optional<std::uint64_t>, kForkCount> times_{0};
};

}  // namespace opwire::opstack
