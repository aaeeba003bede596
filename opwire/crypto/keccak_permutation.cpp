#include "opwire/crypto/keccak_permutation.hpp"

#include <bit>

namespace opwire::crypto::keccak {
namespace {

using Word = std::uint64_t;

// Lanes as in the Keccak team's papers: planes b g k m s (y = 0..4), in each the lanes a e i o u (x = 0..4).
struct Plane {
  Word a, e, i, o, u;
};
struct Lanes {
  Plane b, g, k, m, s;
};

constexpr std::array<Word, 24> kRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

#define OPW_INLINE [[gnu::always_inline]] inline

OPW_INLINE Plane chi(const Plane& p) {
  return {p.a ^ (~p.e & p.i), p.e ^ (~p.i & p.o), p.i ^ (~p.o & p.u), p.o ^ (~p.u & p.a), p.u ^ (~p.a & p.e)};
}

// What theta adds to each column.
OPW_INLINE Plane theta(const Lanes& l) {
  const Plane c{l.b.a ^ l.g.a ^ l.k.a ^ l.m.a ^ l.s.a, l.b.e ^ l.g.e ^ l.k.e ^ l.m.e ^ l.s.e,
                l.b.i ^ l.g.i ^ l.k.i ^ l.m.i ^ l.s.i, l.b.o ^ l.g.o ^ l.k.o ^ l.m.o ^ l.s.o,
                l.b.u ^ l.g.u ^ l.k.u ^ l.m.u ^ l.s.u};
  return {c.u ^ std::rotl(c.e, 1), c.a ^ std::rotl(c.i, 1), c.e ^ std::rotl(c.o, 1), c.i ^ std::rotl(c.u, 1),
          c.o ^ std::rotl(c.a, 1)};
}

// rho and pi bring five lanes together, chi mixes them: one new plane at a time keeps few lanes alive.
OPW_INLINE Lanes round(const Lanes& l, Word constant) {
  using std::rotl;
  const Plane d = theta(l);
  Lanes out;
  out.b =
      chi({l.b.a ^ d.a, rotl(l.g.e ^ d.e, 44), rotl(l.k.i ^ d.i, 43), rotl(l.m.o ^ d.o, 21), rotl(l.s.u ^ d.u, 14)});
  out.b.a ^= constant;
  out.g = chi({rotl(l.b.o ^ d.o, 28), rotl(l.g.u ^ d.u, 20), rotl(l.k.a ^ d.a, 3), rotl(l.m.e ^ d.e, 45),
               rotl(l.s.i ^ d.i, 61)});
  out.k = chi(
      {rotl(l.b.e ^ d.e, 1), rotl(l.g.i ^ d.i, 6), rotl(l.k.o ^ d.o, 25), rotl(l.m.u ^ d.u, 8), rotl(l.s.a ^ d.a, 18)});
  out.m = chi({rotl(l.b.u ^ d.u, 27), rotl(l.g.a ^ d.a, 36), rotl(l.k.e ^ d.e, 10), rotl(l.m.i ^ d.i, 15),
               rotl(l.s.o ^ d.o, 56)});
  out.s = chi({rotl(l.b.i ^ d.i, 62), rotl(l.g.o ^ d.o, 55), rotl(l.k.u ^ d.u, 39), rotl(l.m.a ^ d.a, 41),
               rotl(l.s.e ^ d.e, 2)});
  return out;
}

OPW_INLINE Plane load(const Word* from) {
  return {from[0], from[1], from[2], from[3], from[4]};
}

OPW_INLINE void store(Word* to, const Plane& p) {
  to[0] = p.a;
  to[1] = p.e;
  to[2] = p.i;
  to[3] = p.o;
  to[4] = p.u;
}

OPW_INLINE void rounds(State& state) {
  Word* const words = state.data();
  Lanes l{load(words), load(words + 5), load(words + 10), load(words + 15), load(words + 20)};
  for (std::size_t i = 0; i < kRoundConstants.size(); i += 2) {
    l = round(round(l, kRoundConstants[i]), kRoundConstants[i + 1]);
  }
  store(words, l.b);
  store(words + 5, l.g);
  store(words + 10, l.k);
  store(words + 15, l.m);
  store(words + 20, l.s);
}

#undef OPW_INLINE

#ifdef __x86_64__
// The same code with andn and rorx.
[[gnu::target("bmi,bmi2")]] void permute_bmi(State& state) noexcept {
  rounds(state);
}
#endif

}  // namespace

void permute_portable(State& state) noexcept {
  rounds(state);
}

void permute(State& state) noexcept {
#ifdef __x86_64__
  if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) return permute_bmi(state);
#endif
  permute_portable(state);
}

}  // namespace opwire::crypto::keccak
