// Self-describing addresses: /ip4/127.0.0.1/tcp/9222/p2p/16Uiu2… (multiformats/multiaddr).
//
// Text is read strictly: a slash in front, no empty components but slashes at the end, numbers without leading zeros.
// It is written in one way: /p2p for the old /ipfs, ids in base58btc, IPv6 as RFC 5952 says, certificate hashes in
// base64url.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire {

/// Codes of the multicodec table; only those that an address here can carry.
enum class Protocol : std::uint32_t {
  kIp4 = 4,
  kTcp = 6,
  kIp6 = 41,
  kIp6Zone = 42,
  kIpCidr = 43,
  kDns = 53,
  kDns4 = 54,
  kDns6 = 55,
  kDnsaddr = 56,
  kUdp = 273,
  kWebrtcDirect = 280,
  kWebrtc = 281,
  kP2pCircuit = 290,
  kP2p = 421,
  kHttps = 443,
  kTls = 448,
  kSni = 449,
  kNoise = 454,
  kQuic = 460,
  kQuicV1 = 461,
  kWebtransport = 465,
  kCerthash = 466,
  kWs = 477,
  kWss = 478,
  kHttp = 480,
  kMemory = 777,
};

/// A valid multiaddr. Immutable; kept in its binary form.
class Multiaddr {
 public:
  // Of what is parsed; with() may go beyond.
  static constexpr std::size_t kMaxSize = 1024;
  static constexpr std::size_t kMaxComponents = 32;

  Multiaddr() = default;  ///< the empty address, which is not parsed from anything
  /// Errors: kBadMultiaddr, kUnknownProtocol.
  static Result<Multiaddr> parse(ByteView binary);
  static Result<Multiaddr> parse_text(std::string_view text);

  ByteView bytes() const noexcept { return bytes_; }
  std::string to_string() const;
  bool empty() const noexcept { return bytes_.empty(); }

  struct Component {
    Protocol protocol;
    ByteView value;  ///< inside this Multiaddr's bytes; without the length prefix
  };
  std::vector<Component> components() const;
  bool has(Protocol protocol) const;
  std::optional<ByteView> value(Protocol protocol) const;  ///< of the first such component

  /// The id in the final /p2p component. One that stands earlier is of a relay and does not count.
  std::optional<PeerId> peer_id() const;
  Multiaddr with_peer(const PeerId& id) const;  ///< final /p2p/ID replaced, or appended
  Multiaddr without_peer() const;               ///< final /p2p/ID taken off
  /// One component appended. The value comes without length prefix and must be valid for the protocol.
  Multiaddr with(Protocol protocol, ByteView value = {}) const;

  /// /ip4|ip6/<ip>/tcp/<port>. ip: 4 or 16 bytes.
  static Multiaddr ip_tcp(ByteView ip, std::uint16_t port);
  std::optional<std::uint16_t> tcp_port() const;
  /// The 4 or 16 bytes of the first ip4 or ip6 component.
  std::optional<ByteView> ip() const;
  // About ip(); an IPv4-mapped IPv6 address counts as IPv4. Both are false where there is only a name.
  bool is_loopback() const;
  /// Loopback, link-local, RFC 1918, unique-local and all other addresses that are not routed publicly.
  bool is_private() const;

  auto operator<=>(const Multiaddr&) const = default;

 private:
  explicit Multiaddr(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace opwire

template <>
struct std::hash<opwire::Multiaddr> {
  std::size_t operator()(const opwire::Multiaddr& address) const noexcept {
    return std::hash<std::string_view>{}(opwire::as_text(address.bytes()));
  }
};
