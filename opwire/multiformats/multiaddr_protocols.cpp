#include "opwire/multiformats/multiaddr_protocols.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/ip_text.hpp"
#include "opwire/multiformats/multibase.hpp"
#include "opwire/multiformats/multihash.hpp"

namespace opwire::multiformats {

using errors::kBadMultiaddr;

namespace {

constexpr std::size_t kMaxName = 255;

// Big-endian numbers: ports, prefix lengths, memory addresses.

template <class Number>
std::string number_to_text(ByteView value) {
  return std::to_string(load_be<Number>(value.data()));
}

template <class Number>
Result<Bytes> number_from_text(std::string_view text) {
  const auto number = parse_decimal(text, std::numeric_limits<Number>::max());
  if (!number) return Error(kBadMultiaddr, "number");
  Bytes value(sizeof(Number));
  store_be(value.data(), static_cast<Number>(*number));
  return value;
}

// IP addresses.

Result<Bytes> ip4_from_text(std::string_view text) {
  const auto ip = parse_ip4(text);
  if (!ip) return Error(kBadMultiaddr, "IPv4 address");
  return to_bytes(*ip);
}

Result<Bytes> ip6_from_text(std::string_view text) {
  const auto ip = parse_ip6(text);
  if (!ip) return Error(kBadMultiaddr, "IPv6 address");
  return to_bytes(*ip);
}

// Names of hosts and zones: printable ASCII, so that they are safe to show and to hand to a resolver.

bool valid_name(ByteView value) {
  const auto allowed = [](std::uint8_t c) { return c > ' ' && c < 0x7f && c != '/'; };
  return !value.empty() && value.size() <= kMaxName && std::all_of(value.begin(), value.end(), allowed);
}

std::string name_to_text(ByteView value) {
  return std::string(as_text(value));
}

Result<Bytes> name_from_text(std::string_view text) {
  return to_bytes(as_bytes(text));
}

// Peer ids.

bool valid_peer_id(ByteView value) {
  return PeerId::parse(value).has_value();
}

std::string peer_id_to_text(ByteView value) {
  return to_base58(value);
}

Result<Bytes> peer_id_from_text(std::string_view text) {
  const auto id = PeerId::parse_text(text);
  if (!id) return Error(kBadMultiaddr, "peer id");
  return to_bytes(id->bytes());
}

// Hashes of certificates: a multihash, in any multibase.

bool valid_certhash(ByteView value) {
  const auto hash = parse_multihash(value);
  return hash && !hash->digest.empty();
}

std::string certhash_to_text(ByteView value) {
  return "u" + to_base64url(value);
}

Result<Bytes> certhash_from_text(std::string_view text) {
  auto hash = from_multibase(text);
  if (!hash) return Error(kBadMultiaddr, "certificate hash");
  return hash;
}

constexpr ProtocolInfo flag(Protocol protocol, std::string_view name) {
  return {protocol, name, 0};
}

template <class Number>
constexpr ProtocolInfo number(Protocol protocol, std::string_view name) {
  return {protocol, name, sizeof(Number), nullptr, number_to_text<Number>, number_from_text<Number>};
}

constexpr ProtocolInfo name(Protocol protocol, std::string_view name) {
  return {protocol, name, ProtocolInfo::kVariable, valid_name, name_to_text, name_from_text};
}

// In the order of how often they are met.
constexpr ProtocolInfo kProtocols[] = {
    {Protocol::kIp4, "ip4", 4, nullptr, format_ip, ip4_from_text},
    number<std::uint16_t>(Protocol::kTcp, "tcp"),
    {Protocol::kP2p, "p2p", ProtocolInfo::kVariable, valid_peer_id, peer_id_to_text, peer_id_from_text},
    {Protocol::kIp6, "ip6", 16, nullptr, format_ip, ip6_from_text},
    number<std::uint16_t>(Protocol::kUdp, "udp"),
    flag(Protocol::kQuicV1, "quic-v1"),
    flag(Protocol::kP2pCircuit, "p2p-circuit"),
    flag(Protocol::kWebtransport, "webtransport"),
    {Protocol::kCerthash, "certhash", ProtocolInfo::kVariable, valid_certhash, certhash_to_text, certhash_from_text},
    flag(Protocol::kWebrtcDirect, "webrtc-direct"),
    name(Protocol::kDns, "dns"),
    name(Protocol::kDns4, "dns4"),
    name(Protocol::kDns6, "dns6"),
    name(Protocol::kDnsaddr, "dnsaddr"),
    flag(Protocol::kTls, "tls"),
    name(Protocol::kSni, "sni"),
    flag(Protocol::kWs, "ws"),
    flag(Protocol::kWss, "wss"),
    flag(Protocol::kHttp, "http"),
    flag(Protocol::kHttps, "https"),
    flag(Protocol::kQuic, "quic"),
    flag(Protocol::kWebrtc, "webrtc"),
    flag(Protocol::kNoise, "noise"),
    name(Protocol::kIp6Zone, "ip6zone"),
    number<std::uint8_t>(Protocol::kIpCidr, "ipcidr"),
    number<std::uint64_t>(Protocol::kMemory, "memory"),
};

template <class Predicate>
const ProtocolInfo* find_if(Predicate predicate) noexcept {
  const auto* found = std::find_if(std::begin(kProtocols), std::end(kProtocols), predicate);
  return found == std::end(kProtocols) ? nullptr : found;
}

}  // namespace

const ProtocolInfo* find_protocol(std::uint64_t code) noexcept {
  return find_if([code](const ProtocolInfo& info) { return static_cast<std::uint64_t>(info.protocol) == code; });
}

const ProtocolInfo* find_protocol(std::string_view name) noexcept {
  const std::string_view wanted = name == "ipfs" ? "p2p" : name;
  return find_if([wanted](const ProtocolInfo& info) { return info.name == wanted; });
}

}  // namespace opwire::multiformats
