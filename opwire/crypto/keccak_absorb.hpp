// The kernels' functions; keccak_kernels.hpp says what they do. Private to this library, and without any code: kernels
// include it (keccak_lanes.hpp says why that matters).
#pragma once

#include <cstddef>
#include <cstdint>

namespace opwire::crypto::keccak {

inline constexpr std::size_t kRate = 136;  // bytes absorbed between permutations
inline constexpr std::size_t kWords = 25;
inline constexpr std::size_t kMaxLanes = 8;

/// Absorbs blocks (of kRate bytes, one after the other) into every lane from where data says. The state is kWords of
/// each lane, interleaved: word i of lane j is state[i * lanes + j].
using Absorb = void(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept;

Absorb absorb_portable;
Absorb absorb_bmi2;
Absorb absorb_avx2_four;
Absorb absorb_avx512_one;
Absorb absorb_avx512_four;
Absorb absorb_avx512_eight;

}  // namespace opwire::crypto::keccak
