// The first byte of an RLP item, as the writing and the reading side share it (Yellow Paper, appendix B).
#pragma once

#include <cstddef>
#include <cstdint>

namespace opwire::codec::rlp {

inline constexpr std::uint8_t kString = 0x80;
inline constexpr std::uint8_t kList = 0xc0;
inline constexpr std::size_t kLongest = 55;  ///< the longest payload whose length fits the first byte

}  // namespace opwire::codec::rlp
