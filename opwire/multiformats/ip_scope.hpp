// How far an IP address reaches (the IANA special-purpose address registries). ip: 4 or 16 bytes; an IPv4-mapped IPv6
// address counts as the IPv4 address inside.
#pragma once

#include "opwire/base/bytes.hpp"

namespace opwire::multiformats {

/// The 4 bytes inside ::ffff:0:0/96; any other address as it is.
ByteView unmap_ip(ByteView ip) noexcept;
/// Whether its first `bits` are those of prefix. False where the two are of different length, or shorter than that; no
/// address is unmapped here.
bool has_ip_prefix(ByteView ip, ByteView prefix, unsigned bits) noexcept;

/// Whether one host may have it: neither unspecified, multicast, broadcast nor reserved.
bool is_host_ip(ByteView ip) noexcept;
bool is_loopback_ip(ByteView ip) noexcept;
/// Whether the public Internet routes to it: neither private, link-local, documentation, multicast nor reserved.
bool is_public_ip(ByteView ip) noexcept;

}  // namespace opwire::multiformats
