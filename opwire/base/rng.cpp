#include "opwire/base/rng.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "opwire/base/check.hpp"

namespace opwire {

std::uint64_t Rng::next() {
  ByteArray<8> bytes;
  fill(bytes);
  return load_le<std::uint64_t>(bytes.data());
}

std::uint64_t Rng::below(std::uint64_t bound) {
  OPW_CHECK(bound > 0);
  // Values above the last whole multiple of bound would favour the small results.
  const std::uint64_t limit = max() - max() % bound;
  std::uint64_t value = next();
  while (value >= limit) value = next();
  return value % bound;
}

double Rng::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

void SystemRng::fill(MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    OPW_CHECK(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void SeededRng::fill(MutableByteView out) {
  while (!out.empty()) {
    ByteArray<8> word;
    store_le<std::uint64_t>(word.data(), engine_());
    const std::size_t n = std::min(out.size(), word.size());
    std::memcpy(out.data(), word.data(), n);
    out = out.subspan(n);
  }
}

}  // namespace opwire
