// Which of the kernels this machine executes, and which is used. Private to this library.
#pragma once

#include <span>
#include <string_view>

#include "opwire/crypto/keccak_absorb.hpp"

namespace opwire::crypto::keccak {

struct Kernel {
  std::string_view name;
  Absorb* one;
  Absorb* four = nullptr;   ///< null where there are no vectors
  Absorb* eight = nullptr;  ///< null where vectors do not have eight words
};

/// What this machine executes; the last is the fastest.
std::span<const Kernel> kernels_here() noexcept;
/// What all hashing uses: the fastest.
const Kernel& kernel() noexcept;
/// For tests and benchmarks: another one of kernels_here(), from now on and on all threads.
void use_kernel(const Kernel& kernel) noexcept;

}  // namespace opwire::crypto::keccak
