// Keccak-256 as FIPS 202 writes it down (3.2: loops over x and y, one message), with Keccak's padding: what the kernels
// are measured against. And their use one after the other.
#pragma once

#include <bit>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keccak_kernels.hpp"

namespace opwire::crypto {

using KeccakState = std::array<std::array<std::uint64_t, 5>, 5>;  // [y][x]

// 3.2.5, algorithm 5
inline bool next_round_bit(std::uint8_t& register_) {
  const bool bit = register_ & 1;
  register_ = static_cast<std::uint8_t>((register_ << 1) ^ (register_ & 0x80 ? 0x71 : 0));
  return bit;
}

inline void reference_round(KeccakState& a, std::uint8_t& register_) {
  KeccakState b = a;
  for (std::size_t x = 0; x < 5; ++x) {  // theta
    std::uint64_t d = 0;
    for (std::size_t y = 0; y < 5; ++y) d ^= a[y][(x + 4) % 5] ^ std::rotl(a[y][(x + 1) % 5], 1);
    for (std::size_t y = 0; y < 5; ++y) b[y][x] ^= d;
  }
  a[0][0] = b[0][0];
  for (std::size_t t = 0, x = 1, y = 0; t < 24; ++t) {  // rho and pi
    const std::size_t to_y = (2 * x + 3 * y) % 5;
    a[to_y][y] = std::rotl(b[y][x], static_cast<int>((t + 1) * (t + 2) / 2 % 64));
    x = y;
    y = to_y;
  }
  b = a;
  for (std::size_t y = 0; y < 5; ++y) {  // chi
    for (std::size_t x = 0; x < 5; ++x) a[y][x] = b[y][x] ^ (~b[y][(x + 1) % 5] & b[y][(x + 2) % 5]);
  }
  for (int j = 0; j <= 6; ++j) {  // iota
    if (next_round_bit(register_)) a[0][0] ^= std::uint64_t{1} << ((1 << j) - 1);
  }
}

inline Hash256 reference_keccak256(ByteView message) {
  Bytes padded = to_bytes(message);
  padded.resize((message.size() / 136 + 1) * 136);
  padded[message.size()] |= 0x01;
  padded.back() |= 0x80;
  KeccakState state{};
  for (std::size_t at = 0; at < padded.size(); at += 136) {
    for (std::size_t i = 0; i < 17; ++i) state[i / 5][i % 5] ^= load_le<std::uint64_t>(padded.data() + at + 8 * i);
    std::uint8_t register_ = 1;
    for (int i = 0; i < 24; ++i) reference_round(state, register_);
  }
  Hash256 digest;
  for (std::size_t i = 0; i < 4; ++i) store_le(digest.bytes.data() + 8 * i, state[0][i]);
  return digest;
}

/// Calls work with the name of each kernel that this machine has while all hashing uses it.
template <class Work>
void with_each_keccak_kernel(Work work) {
  for (const keccak::Kernel& kernel : keccak::kernels_here()) {
    keccak::use_kernel(kernel);
    work(kernel.name);
  }
}

}  // namespace opwire::crypto
