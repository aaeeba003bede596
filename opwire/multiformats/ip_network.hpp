// Networks of IP addresses, as an operator writes them: 10.0.0.0/8, fd00::/8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::multiformats {

/// All addresses of one family that begin with the same bits. An IPv4-mapped IPv6 address counts as the IPv4 address
/// inside, in a network's text as well.
class IpNetwork {
 public:
  /// Bits of the address behind the prefix are cleared; an address without "/" stands for itself alone. Errors:
  /// kBadNetwork.
  static Result<IpNetwork> parse(std::string_view text);

  /// ip: 4 or 16 bytes.
  bool contains(ByteView ip) const noexcept;
  std::string to_string() const;  ///< 10.0.0.0/8

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;

 private:
  IpNetwork(ByteView ip, unsigned bits) noexcept;
  ByteView prefix() const noexcept { return {address_.data(), is_v6_ ? std::size_t{16} : std::size_t{4}}; }

  ByteArray<16> address_{};
  bool is_v6_ = false;
  unsigned bits_ = 0;
};

/// Some networks, as op-node's --p2p.netrestrict and geth's --netrestrict list them.
class IpNetworkList {
 public:
  /// Separated by commas; blanks and empty items do not matter. The error says which item is no network.
  static Result<IpNetworkList, std::string> parse(std::string_view text);

  /// Whether any of them does; an empty list contains nothing.
  bool contains(ByteView ip) const noexcept;
  bool empty() const noexcept { return networks_.empty(); }
  std::string to_string() const;  ///< 10.0.0.0/8,fd00::/8

  friend bool operator==(const IpNetworkList&, const IpNetworkList&) = default;

 private:
  std::vector<IpNetwork> networks_;
};

}  // namespace opwire::multiformats
