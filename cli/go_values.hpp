// Values as Go's flag packages read them, since command lines and environments written for op-node must mean the same
// here: strconv.ParseBool, strconv.ParseUint with base prefixes, time.ParseDuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/time.hpp"

namespace opwire::cli {

/// 1, t, T, true, True, TRUE and their opposites.
std::optional<bool> parse_go_bool(std::string_view text);
/// Decimal, or 0x…, 0o…, 0b… .
std::optional<std::uint64_t> parse_go_uint(std::string_view text);
std::optional<double> parse_go_float(std::string_view text);
/// "30s", "1m30s", "1.5h", "-10ms", "0". Units: ns, us, µs, ms, s, m, h. Nothing beyond what a Duration holds.
std::optional<Duration> parse_go_duration(std::string_view text);
/// In the same form, as Go would print it: "1m30s", "200ms".
std::string to_go_duration(Duration duration);

std::string_view trimmed(std::string_view text);
/// The parts between commas, trimmed; empty ones are left out.
std::vector<std::string> split_list(std::string_view text);

}  // namespace opwire::cli
