// Chance is an argument: protocol code gets an Rng&.
#pragma once

#include <cstdint>
#include <random>
#include <utility>

#include "opwire/base/bytes.hpp"

namespace opwire {

/// A source of random bytes. Not thread-safe.
class Rng {
 public:
  using result_type = std::uint64_t;  // so that <algorithm> and <random> accept it
  virtual ~Rng() = default;
  virtual void fill(MutableByteView out) = 0;

  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();

  template <class Range>
  void shuffle(Range& range) {
    for (std::size_t i = range.size(); i > 1; --i) std::swap(range[i - 1], range[below(i)]);
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return next(); }
};

/// The kernel's generator: fit for keys.
class SystemRng final : public Rng {
 public:
  void fill(MutableByteView out) override;
};

/// One seed, one sequence: for tests and the simulator, never for keys.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
  void fill(MutableByteView out) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace opwire
