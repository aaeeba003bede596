// CRC-32C (Castagnoli), the checksum of snappy's framing format and of RFC 3720.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"

namespace opwire::codec {

/// One instruction for eight bytes where the processor has it (SSE 4.2), else a table.
std::uint32_t crc32c(ByteView bytes) noexcept;

namespace detail {
std::uint32_t crc32c_by_table(ByteView bytes) noexcept;
}

}  // namespace opwire::codec
