#ifdef __x86_64__
#include "opwire/crypto/keccak_lanes.hpp"

namespace opwire::crypto::keccak {

// One state in the lower halves of 128-bit registers, all 32 of them, is faster than in the 16 general ones.
void absorb_avx512_one(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<1, Words2>(state, data, blocks);
}

void absorb_avx512_four(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<1, Words4>(state, data, blocks);
}

void absorb_avx512_eight(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<1, Words8>(state, data, blocks);
}

}  // namespace opwire::crypto::keccak
#endif
