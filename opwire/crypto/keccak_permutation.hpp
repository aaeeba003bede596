// Keccak-f[1600], the permutation inside Keccak-256. Private to this library.
#pragma once

#include <array>
#include <cstdint>

namespace opwire::crypto::keccak {

using State = std::array<std::uint64_t, 25>;

/// With the fastest form that this machine has.
void permute(State& state) noexcept;

/// On any machine.
void permute_portable(State& state) noexcept;

}  // namespace opwire::crypto::keccak
