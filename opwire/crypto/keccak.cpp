#include <algorithm>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keccak_kernels.hpp"

namespace opwire::crypto {

using keccak::kRate;

void Keccak256::absorb(const std::uint8_t* blocks, std::size_t count) noexcept {
  keccak::kernel().one(state_.data(), &blocks, count);
}

Keccak256& Keccak256::update(ByteView data) noexcept {
  if (used_ > 0) {
    const ByteView begin = data.first(std::min(data.size(), kRate - used_));
    std::ranges::copy(begin, block_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += begin.size();
    if (used_ < kRate) return *this;
    absorb(block_.data(), 1);
    data = data.subspan(begin.size());
  }
  const std::size_t blocks = data.size() / kRate;
  if (blocks > 0) absorb(data.data(), blocks);
  data = data.subspan(blocks * kRate);
  std::ranges::copy(data, block_.begin());
  used_ = data.size();
  return *this;
}

Hash256 Keccak256::finish() noexcept {
  std::fill(block_.begin() + static_cast<std::ptrdiff_t>(used_), block_.end(), std::uint8_t{0});
  block_[used_] |= 0x01;
  block_[kRate - 1] |= 0x80;
  absorb(block_.data(), 1);
  Hash256 digest;
  for (std::size_t i = 0; i < 4; ++i) store_le<std::uint64_t>(digest.bytes.data() + 8 * i, state_[i]);
  *this = Keccak256{};
  return digest;
}

Hash256 keccak256(ByteView data) noexcept {
  return Keccak256().update(data).finish();
}

}  // namespace opwire::crypto
