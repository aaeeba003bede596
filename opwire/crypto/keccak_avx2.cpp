#ifdef __x86_64__
#include "opwire/crypto/keccak_lanes.hpp"

namespace opwire::crypto::keccak {

void absorb_bmi2(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<4, Word>(state, data, blocks);
}

void absorb_avx2_four(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<4, Words4>(state, data, blocks);
}

}  // namespace opwire::crypto::keccak
#endif
