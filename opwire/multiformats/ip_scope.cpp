#include "opwire/multiformats/ip_scope.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace opwire::multiformats {

namespace {

struct Block4 {
  ByteArray<4> prefix;
  unsigned bits;
};
struct Block6 {
  ByteArray<16> prefix;
  unsigned bits;
};

template <class Block>
bool contains(const Block& block, ByteView ip) noexcept {
  return has_ip_prefix(ip, block.prefix, block.bits);
}

template <class Blocks>
bool any_contains(const Blocks& blocks, ByteView ip) noexcept {
  return std::any_of(std::begin(blocks), std::end(blocks), [ip](const auto& block) { return contains(block, ip); });
}

constexpr Block4 kLoopback4{{127}, 8};
constexpr Block4 kMulticastAndReserved4{{224}, 3};  // and broadcast
constexpr Block4 kNotPublic4[] = {
    {{0}, 8},              // this network
    {{10}, 8},             // RFC 1918
    {{100, 64}, 10},       // carrier-grade NAT
    kLoopback4,            //
    {{169, 254}, 16},      // link-local
    {{172, 16}, 12},       // RFC 1918
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 168}, 16},      // RFC 1918
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    kMulticastAndReserved4,
};

constexpr Block6 kLoopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128};
constexpr Block6 kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Block6 kNat64{{0, 0x64, 0xff, 0x9b}, 96};
constexpr Block6 kGlobalUnicast{{0x20}, 3};
constexpr Block6 kNotPublic6[] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
};

constexpr Block6 kMulticast6{{0xff}, 8};

}  // namespace

bool has_ip_prefix(ByteView ip, ByteView prefix, unsigned bits) noexcept {
  if (ip.size() != prefix.size() || bits > 8 * ip.size()) return false;
  const std::size_t whole = bits / 8;
  if (!equal(ip.first(whole), prefix.first(whole))) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (ip[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

ByteView unmap_ip(ByteView ip) noexcept {
  return ip.size() == 16 && contains(kMapped, ip) ? ip.last(4) : ip;
}

bool is_host_ip(ByteView ip) noexcept {
  ip = unmap_ip(ip);
  if (ip.size() != 4 && ip.size() != 16) return false;
  if (std::ranges::all_of(ip, [](std::uint8_t byte) { return byte == 0; })) return false;
  return !contains(kMulticastAndReserved4, ip) && !contains(kMulticast6, ip);
}

bool is_loopback_ip(ByteView ip) noexcept {
  ip = unmap_ip(ip);
  return ip.size() == 4 ? contains(kLoopback4, ip) : contains(kLoopback6, ip);
}

bool is_public_ip(ByteView ip) noexcept {
  ip = unmap_ip(ip);
  if (ip.size() == 16 && contains(kNat64, ip)) ip = ip.last(4);
  if (ip.size() == 4) return !any_contains(kNotPublic4, ip);
  return contains(kGlobalUnicast, ip) && !any_contains(kNotPublic6, ip);
}

}  // namespace opwire::multiformats
