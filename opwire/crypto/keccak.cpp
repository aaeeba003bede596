#include <bit>

#include "opwire/crypto/hash.hpp"

namespace opwire::crypto {
namespace {

using Word = std::uint64_t;
using std::rotl;

constexpr std::size_t kRate = 136;  // bytes absorbed between permutations

constexpr std::array<Word, 24> kRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// Lanes named as in the Keccak team's papers: planes b g k m s (y = 0..4), in each the lanes a e i o u (x = 0..4).
struct Plane {
  Word a, e, i, o, u;
};
struct Lanes {
  Plane b, g, k, m, s;
};

#define OPW_INLINE [[gnu::always_inline]] inline

// What theta adds to each column.
OPW_INLINE Plane theta(const Lanes& l) {
  const Plane c{l.b.a ^ l.g.a ^ l.k.a ^ l.m.a ^ l.s.a, l.b.e ^ l.g.e ^ l.k.e ^ l.m.e ^ l.s.e,
                l.b.i ^ l.g.i ^ l.k.i ^ l.m.i ^ l.s.i, l.b.o ^ l.g.o ^ l.k.o ^ l.m.o ^ l.s.o,
                l.b.u ^ l.g.u ^ l.k.u ^ l.m.u ^ l.s.u};
  return {c.u ^ rotl(c.e, 1), c.a ^ rotl(c.i, 1), c.e ^ rotl(c.o, 1), c.i ^ rotl(c.u, 1), c.o ^ rotl(c.a, 1)};
}

// Between rounds six lanes are stored complemented. By De Morgan's rules chi then needs one NOT a plane, not five: an
// eighth faster where there is no and-not instruction, and no slower where there is one (the team's implementation
// overview, 2.2). It is why the planes' formulas differ.
OPW_INLINE void complement(Lanes& l) {
  for (Word* lane : {&l.b.e, &l.b.i, &l.g.o, &l.k.i, &l.m.i, &l.s.a}) *lane = ~*lane;
}

OPW_INLINE Plane chi_b(const Plane& p) {
  return {p.a ^ (p.e | p.i), p.e ^ (~p.i | p.o), p.i ^ (p.o & p.u), p.o ^ (p.u | p.a), p.u ^ (p.a & p.e)};
}
OPW_INLINE Plane chi_g(const Plane& p) {
  return {p.a ^ (p.e | p.i), p.e ^ (p.i & p.o), p.i ^ (p.o | ~p.u), p.o ^ (p.u | p.a), p.u ^ (p.a & p.e)};
}
OPW_INLINE Plane chi_k(const Plane& p) {
  return {p.a ^ (p.e | p.i), p.e ^ (p.i & p.o), p.i ^ (~p.o & p.u), ~p.o ^ (p.u | p.a), p.u ^ (p.a & p.e)};
}
OPW_INLINE Plane chi_m(const Plane& p) {
  return {p.a ^ (p.e & p.i), p.e ^ (p.i | p.o), p.i ^ (~p.o | p.u), ~p.o ^ (p.u & p.a), p.u ^ (p.a | p.e)};
}
OPW_INLINE Plane chi_s(const Plane& p) {
  return {p.a ^ (~p.e & p.i), ~p.e ^ (p.i | p.o), p.i ^ (p.o & p.u), p.o ^ (p.u | p.a), p.u ^ (p.a & p.e)};
}

// rho and pi bring together the five lanes of a new plane, chi mixes them: one plane at a time keeps few lanes alive.
OPW_INLINE Lanes round(const Lanes& l, Word constant) {
  const Plane d = theta(l);
  Lanes out{.b = chi_b({l.b.a ^ d.a, rotl(l.g.e ^ d.e, 44), rotl(l.k.i ^ d.i, 43), rotl(l.m.o ^ d.o, 21),
                        rotl(l.s.u ^ d.u, 14)}),
            .g = chi_g({rotl(l.b.o ^ d.o, 28), rotl(l.g.u ^ d.u, 20), rotl(l.k.a ^ d.a, 3), rotl(l.m.e ^ d.e, 45),
                        rotl(l.s.i ^ d.i, 61)}),
            .k = chi_k({rotl(l.b.e ^ d.e, 1), rotl(l.g.i ^ d.i, 6), rotl(l.k.o ^ d.o, 25), rotl(l.m.u ^ d.u, 8),
                        rotl(l.s.a ^ d.a, 18)}),
            .m = chi_m({rotl(l.b.u ^ d.u, 27), rotl(l.g.a ^ d.a, 36), rotl(l.k.e ^ d.e, 10), rotl(l.m.i ^ d.i, 15),
                        rotl(l.s.o ^ d.o, 56)}),
            .s = chi_s({rotl(l.b.i ^ d.i, 62), rotl(l.g.o ^ d.o, 55), rotl(l.k.u ^ d.u, 39), rotl(l.m.a ^ d.a, 41),
                        rotl(l.s.e ^ d.e, 2)})};
  out.b.a ^= constant;
  return out;
}

#undef OPW_INLINE

void permute(std::array<Word, 25>& state) noexcept {
  static_assert(sizeof(Lanes) == sizeof(state));
  Lanes l = std::bit_cast<Lanes>(state);
  complement(l);
  // Four rounds at once: with all twenty-four it is 2 % faster, and fills two thirds of the instruction cache.
  for (std::size_t i = 0; i < kRoundConstants.size(); i += 4) {
    l = round(round(l, kRoundConstants[i]), kRoundConstants[i + 1]);
    l = round(round(l, kRoundConstants[i + 2]), kRoundConstants[i + 3]);
  }
  complement(l);
  state = std::bit_cast<std::array<Word, 25>>(l);
}

}  // namespace

void Keccak256::absorb_block(const std::uint8_t* block) noexcept {
  for (std::size_t i = 0; i < kRate / 8; ++i) state_[i] ^= load_le<Word>(block + 8 * i);
  permute(state_);
}

Keccak256& Keccak256::update(ByteView data) noexcept {
  while (!data.empty()) {
    if (used_ == 0 && data.size() >= kRate) {
      absorb_block(data.data());
      data = data.subspan(kRate);
    } else if (used_ % 8 == 0 && data.size() >= 8) {
      state_[used_ / 8] ^= load_le<Word>(data.data());
      used_ += 8;
      data = data.subspan(8);
    } else {
      state_[used_ / 8] ^= Word{data[0]} << (8 * (used_ % 8));
      ++used_;
      data = data.subspan(1);
    }
    if (used_ == kRate) {
      permute(state_);
      used_ = 0;
    }
  }
  return *this;
}

Hash256 Keccak256::finish() noexcept {
  state_[used_ / 8] ^= Word{0x01} << (8 * (used_ % 8));
  state_[kRate / 8 - 1] ^= Word{0x80} << 56;
  permute(state_);
  Hash256 digest;
  for (std::size_t i = 0; i < 4; ++i) store_le<Word>(digest.bytes.data() + 8 * i, state_[i]);
  *this = Keccak256{};
  return digest;
}

Hash256 keccak256(ByteView data) noexcept {
  return Keccak256().update(data).finish();
}

}  // namespace opwire::crypto
