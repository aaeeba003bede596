#include "opwire/crypto/keccak_kernels.hpp"

#include <atomic>

namespace opwire::crypto::keccak {
namespace {

constexpr Kernel kKernels[] = {
    {"portable", absorb_portable},
#ifdef __x86_64__
    {"avx2", absorb_bmi2, absorb_avx2_four},
    {"avx512", absorb_avx512_one, absorb_avx512_four, absorb_avx512_eight},
#endif
};

// The compiler's runtime asks the processor, and whether the system saves the registers.
std::size_t count_here() noexcept {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("avx2")) return 1;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") ? 3 : 2;
#else
  return 1;
#endif
}

std::atomic<const Kernel*>& used() noexcept {
  static std::atomic<const Kernel*> kernel = &kernels_here().back();
  return kernel;
}

}  // namespace

std::span<const Kernel> kernels_here() noexcept {
  static const std::size_t count = count_here();
  return std::span(kKernels).first(count);
}

const Kernel& kernel() noexcept {
  return *used().load(std::memory_order_relaxed);
}

void use_kernel(const Kernel& kernel) noexcept {
  used().store(&kernel, std::memory_order_relaxed);
}

}  // namespace opwire::crypto::keccak
