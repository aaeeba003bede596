#include "opwire/discv5/distance.hpp"

#include <algorithm>
#include <bit>

#include "opwire/base/check.hpp"

namespace opwire::discv5 {

unsigned log_distance(const NodeId& a, const NodeId& b) noexcept {
  unsigned bits = 8 * NodeId::kSize;
  for (std::size_t i = 0; i < NodeId::kSize; ++i, bits -= 8) {
    const auto differing = static_cast<std::uint8_t>(a.bytes[i] ^ b.bytes[i]);
    if (differing != 0) return bits - static_cast<unsigned>(std::countl_zero(differing));
  }
  return 0;
}

bool is_closer(const NodeId& target, const NodeId& a, const NodeId& b) noexcept {
  for (std::size_t i = 0; i < NodeId::kSize; ++i) {
    if (a.bytes[i] == b.bytes[i]) continue;
    return (a.bytes[i] ^ target.bytes[i]) < (b.bytes[i] ^ target.bytes[i]);
  }
  return false;
}

NodeId id_at_distance(const NodeId& base, unsigned distance, const NodeId& random) noexcept {
  OPW_CHECK(distance >= 1 && distance <= 8 * NodeId::kSize);
  // The bit of that distance is turned, those before it stay, those after it are chance.
  const std::size_t at = NodeId::kSize - 1 - (distance - 1) / 8;
  const auto turned = static_cast<std::uint8_t>(1U << ((distance - 1) % 8));
  const auto below = static_cast<std::uint8_t>(turned - 1);
  NodeId id = base;
  id.bytes[at] = static_cast<std::uint8_t>(((base.bytes[at] ^ turned) & ~below) | (random.bytes[at] & below));
  std::copy(random.bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1, random.bytes.end(),
            id.bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  return id;
}

}  // namespace opwire::discv5
