#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keccak_permutation.hpp"

namespace opwire::crypto {
namespace {
constexpr std::size_t kRate = 136;  // bytes absorbed between permutations
}

void Keccak256::absorb_block(const std::uint8_t* block) noexcept {
  for (std::size_t i = 0; i < kRate / 8; ++i) state_[i] ^= load_le<std::uint64_t>(block + 8 * i);
  keccak::permute(state_);
}

Keccak256& Keccak256::update(ByteView data) noexcept {
  while (!data.empty()) {
    if (used_ == 0 && data.size() >= kRate) {
      absorb_block(data.data());
      data = data.subspan(kRate);
    } else if (used_ % 8 == 0 && data.size() >= 8) {
      state_[used_ / 8] ^= load_le<std::uint64_t>(data.data());
      used_ += 8;
      data = data.subspan(8);
    } else {
      state_[used_ / 8] ^= std::uint64_t{data[0]} << (8 * (used_ % 8));
      ++used_;
      data = data.subspan(1);
    }
    if (used_ == kRate) {
      keccak::permute(state_);
      used_ = 0;
    }
  }
  return *this;
}

Hash256 Keccak256::finish() noexcept {
  state_[used_ / 8] ^= std::uint64_t{0x01} << (8 * (used_ % 8));
  state_[kRate / 8 - 1] ^= std::uint64_t{0x80} << 56;
  keccak::permute(state_);
  Hash256 digest;
  for (std::size_t i = 0; i < 4; ++i) store_le<std::uint64_t>(digest.bytes.data() + 8 * i, state_[i]);
  *this = Keccak256{};
  return digest;
}

Hash256 keccak256(ByteView data) noexcept {
  return Keccak256().update(data).finish();
}

}  // namespace opwire::crypto
