// Numbers of bytes as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace opwire::cli {

/// "1000", "64KiB", "256MiB", "1GiB", "5MB": KiB and K are 1024, KB is 1000, and so on. Whole numbers.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

}  // namespace opwire::cli
