#include "opwire/crypto/keccak_lanes.hpp"

namespace opwire::crypto::keccak {

void absorb_portable(std::uint64_t* state, const std::uint8_t* const* data, std::size_t blocks) noexcept {
  absorb<2, Word>(state, data, blocks);
}

}  // namespace opwire::crypto::keccak
