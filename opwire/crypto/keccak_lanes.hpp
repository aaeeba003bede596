// Keccak-f[1600] and the absorbing of Keccak-256's blocks, for as many states side by side as a vector has 64-bit
// lanes. Private to this library: each kernel is a translation unit that compiles this for another instruction set. So
// everything here has internal linkage and includes no inline functions of others: of two copies of such a function the
// linker keeps one, perhaps the one that not every machine can execute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "opwire/crypto/keccak_absorb.hpp"

namespace opwire::crypto::keccak {
namespace {

#define OPW_INLINE [[gnu::always_inline]] inline

constexpr std::uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

using Word = std::uint64_t;
using Words2 = Word __attribute__((vector_size(16)));
using Words4 = Word __attribute__((vector_size(32)));
using Words8 = Word __attribute__((vector_size(64)));

// The compiler makes rotates and three-operand logic of these where the instruction set has them, else shifts, or and
// and-not.
template <int Count, class V>
OPW_INLINE V rotate(V v) {
  if constexpr (Count == 0) return v;
  return (v << Count) | (v >> ((64 - Count) % 64));
}
template <class V>
OPW_INLINE V chi(V a, V b, V c) {
  return a ^ (~b & c);
}

// A plane of the next round: theta's d is added to five words, rho and pi rotate and gather them, chi mixes them.
template <int A, int RA, int E, int RE, int I, int RI, int O, int RO, int U, int RU, class V>
OPW_INLINE void plane(const V* s, const V* d, V* out) {
  const V a = rotate<RA>(s[A] ^ d[A % 5]);
  const V e = rotate<RE>(s[E] ^ d[E % 5]);
  const V i = rotate<RI>(s[I] ^ d[I % 5]);
  const V o = rotate<RO>(s[O] ^ d[O % 5]);
  const V u = rotate<RU>(s[U] ^ d[U % 5]);
  out[0] = chi(a, e, i);
  out[1] = chi(e, i, o);
  out[2] = chi(i, o, u);
  out[3] = chi(o, u, a);
  out[4] = chi(u, a, e);
}

template <class V>
OPW_INLINE void round(V* s, Word constant) {
  V c[5];
  for (int x = 0; x < 5; ++x) c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
  V d[5];
  for (int x = 0; x < 5; ++x) d[x] = c[(x + 4) % 5] ^ rotate<1>(c[(x + 1) % 5]);
  V next[kWords];
  plane<3, 28, 9, 20, 10, 3, 16, 45, 22, 61>(s, d, next + 5);
  plane<1, 1, 7, 6, 13, 25, 19, 8, 20, 18>(s, d, next + 10);
  plane<4, 27, 5, 36, 11, 10, 17, 15, 23, 56>(s, d, next + 15);
  plane<2, 62, 8, 55, 14, 39, 15, 41, 21, 2>(s, d, next + 20);
  plane<0, 0, 6, 44, 12, 43, 18, 21, 24, 14>(s, d, next);
  next[0] ^= constant;
  for (std::size_t i = 0; i < kWords; ++i) s[i] = next[i];
}

// Rounds: how many stand in the loop's body, 1, 2 or 4; each kernel takes what it is fastest with.
template <int Rounds, class V>
OPW_INLINE void permute(V* s) {
  for (int i = 0; i < 24; i += Rounds) {
    round(s, kRoundConstants[i]);
    if constexpr (Rounds > 1) round(s, kRoundConstants[i + 1]);
    if constexpr (Rounds > 2) round(s, kRoundConstants[i + 2]);
    if constexpr (Rounds > 2) round(s, kRoundConstants[i + 3]);
  }
}

template <class V>
OPW_INLINE V load(const void* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

// data[j] is the block of lane j.
OPW_INLINE void add_block(Word* s, const std::uint8_t* const* data, std::size_t at) {
  for (std::size_t i = 0; i < kRate / 8; ++i) s[i] ^= load<Word>(data[0] + at + 8 * i);
}
OPW_INLINE void add_block(Words2* s, const std::uint8_t* const* data, std::size_t at) {
  for (std::size_t i = 0; i < kRate / 8; ++i) s[i] ^= Words2{load<Word>(data[0] + at + 8 * i), 0};
}
OPW_INLINE void add_block(Words4* s, const std::uint8_t* const* data, std::size_t at) {
  for (std::size_t i = 0; i < 16; i += 4) {
    const std::size_t from = at + 8 * i;
    const auto a = load<Words4>(data[0] + from);
    const auto b = load<Words4>(data[1] + from);
    const auto c = load<Words4>(data[2] + from);
    const auto d = load<Words4>(data[3] + from);
    const Words4 ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    const Words4 ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const Words4 cd_even = __builtin_shufflevector(c, d, 0, 4, 2, 6);
    const Words4 cd_odd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    s[i] ^= __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
    s[i + 1] ^= __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
    s[i + 2] ^= __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
    s[i + 3] ^= __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
  }
  const std::size_t last = at + 128;
  s[16] ^= Words4{load<Word>(data[0] + last), load<Word>(data[1] + last), load<Word>(data[2] + last),
                  load<Word>(data[3] + last)};
}
OPW_INLINE void add_block(Words8* s, const std::uint8_t* const* data, std::size_t at) {
  for (std::size_t i = 0; i < kRate / 8; ++i) {
    Words8 word;
    for (std::size_t j = 0; j < 8; ++j) word[j] = load<Word>(data[j] + at + 8 * i);
    s[i] ^= word;
  }
}

// One statement each for word I and those after it: from a loop the compiler would make a call that copies the state by
// way of memory.
template <std::size_t Size, std::size_t I = 0, class V>
OPW_INLINE void load_state(V* s, const Word* state) {
  s[I] = V{};
  std::memcpy(&s[I], state + I * Size / sizeof(Word), Size);
  if constexpr (I + 1 < kWords) load_state<Size, I + 1>(s, state);
}
template <std::size_t Size, std::size_t I = 0, class V>
OPW_INLINE void store_state(Word* state, const V* s) {
  std::memcpy(state + I * Size / sizeof(Word), &s[I], Size);
  if constexpr (I + 1 < kWords) store_state<Size, I + 1>(state, s);
}

// The state has a lane for each word of V, but for Words2 one: the lower half.
template <int Rounds, class V>
OPW_INLINE void absorb(Word* state, const std::uint8_t* const* data, std::size_t blocks) {
  constexpr std::size_t kSize = sizeof(V) == sizeof(Words2) ? sizeof(Word) : sizeof(V);
  V s[kWords];
  load_state<kSize>(s, state);
  for (std::size_t block = 0; block < blocks; ++block) {
    add_block(s, data, block * kRate);
    permute<Rounds>(s);
  }
  store_state<kSize>(state, s);
}

#undef OPW_INLINE

}  // namespace
}  // namespace opwire::crypto::keccak
