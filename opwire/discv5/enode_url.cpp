#include "opwire/discv5/enode_url.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/multiformats/ip_text.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::string_view kScheme = "enode://", kDiscport = "discport=";
constexpr std::size_t kKeyDigits = 128;
constexpr std::size_t kMaxHost = 253;  // of a name in DNS
constexpr std::uint8_t kUncompressed = 4;

Error bad(const char* what) {
  return Error(errors::kBadEnode, what);
}

Result<std::uint16_t> port_in(std::string_view text) {
  const auto port = multiformats::parse_decimal(text, UINT16_MAX);
  if (!port) return bad("a port is no number up to 65535");
  return static_cast<std::uint16_t>(*port);
}

/// Cuts up to the first of a character; what follows it stays.
std::string_view cut(std::string_view& text, char at) {
  const std::size_t position = std::min(text.find(at), text.size());
  const std::string_view head = text.substr(0, position);
  text.remove_prefix(std::min(position + 1, text.size()));
  return head;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxHost && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

Result<std::string> host_in(std::string_view text) {
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed) text = text.substr(1, text.size() - 2);
  const bool is_ip6 = multiformats::parse_ip6(text).has_value();
  if (bracketed ? !is_ip6 : !is_ip6 && !is_name(text)) return bad("the host is neither an address nor a name");
  return std::string(text);
}

Result<ByteArray<33>> public_key_in(std::string_view digits) {
  if (digits.size() != kKeyDigits) return bad("the public key has not 128 digits");
  const Result<Bytes> point = codec::from_hex(digits);
  if (!point) return bad("the public key is not hexadecimal");
  Bytes uncompressed{kUncompressed};
  uncompressed.insert(uncompressed.end(), point->begin(), point->end());
  const auto key = crypto::PublicKey::parse(crypto::KeyType::kSecp256k1, uncompressed);
  if (!key) return bad("the public key is no point of the curve");
  ByteArray<33> compressed;
  std::ranges::copy(key->data(), compressed.begin());
  return compressed;
}

}  // namespace

Result<EnodeUrl> EnodeUrl::parse(std::string_view text) {
  if (!text.starts_with(kScheme)) return bad("it does not begin with enode://");
  text.remove_prefix(kScheme.size());
  OPW_TRY(const auto key, public_key_in(cut(text, '@')));
  OPW_TRY(const Hash256 hash, crypto::ethereum_key_hash(key));
  EnodeUrl url(key, NodeId{hash.bytes});

  const std::string_view address = cut(text, '?');
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return bad("no host with a port");
  OPW_TRY(url.host, host_in(address.substr(0, colon)));
  OPW_TRY(url.tcp, port_in(address.substr(colon + 1)));
  url.udp = url.tcp;
  while (!text.empty()) {
    const std::string_view parameter = cut(text, '&');
    if (!parameter.starts_with(kDiscport)) continue;
    OPW_TRY(url.udp, port_in(parameter.substr(kDiscport.size())));
  }
  return url;
}

Result<EnodeUrl> EnodeUrl::of(const NodeRecord& record) {
  ByteArray<33> key;
  std::ranges::copy(record.public_key(), key.begin());
  EnodeUrl url(key, record.id());
  const auto ip4 = record.ip4();
  const auto ip6 = record.ip6();
  if (!ip4 && !ip6) return bad("the record has no address");
  url.host = ip4 ? multiformats::format_ip(*ip4) : multiformats::format_ip(*ip6);
  url.tcp = (ip4 ? record.tcp() : record.tcp6()).value_or(0);
  url.udp = (ip4 ? record.udp() : record.udp6()).value_or(0);
  return url;
}

std::string EnodeUrl::to_text() const {
  const ByteArray<65> uncompressed = crypto::uncompressed_key(public_key_).value();  // it was a point before
  std::string text(kScheme);
  text += codec::to_hex(ByteView(uncompressed).subspan(1)) + '@';
  text += host.find(':') == std::string::npos ? host : '[' + host + ']';
  text += ':' + std::to_string(tcp);
  return udp == tcp ? text : text + '?' + std::string(kDiscport) + std::to_string(udp);
}

}  // namespace opwire::discv5
