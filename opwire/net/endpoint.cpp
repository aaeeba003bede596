#include "opwire/net/endpoint.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "opwire/base/check.hpp"

namespace opwire::net {
namespace asio = boost::asio;
namespace {

std::string address_text(const Endpoint& endpoint) {
  if (endpoint.is_v6) return asio::ip::address_v6(endpoint.address).to_string();
  asio::ip::address_v4::bytes_type bytes;
  std::copy_n(endpoint.address.begin(), bytes.size(), bytes.begin());
  return asio::ip::address_v4(bytes).to_string();
}

// host:port or [host]:port; the brackets are IPv6's.
struct Parts {
  std::string_view host;
  std::string_view port;
  bool in_brackets = false;
};

std::optional<Parts> split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Parts parts{text.substr(0, colon), text.substr(colon + 1)};
  parts.in_brackets = parts.host.starts_with('[');
  if (!parts.in_brackets) return parts;
  if (parts.host.size() < 2 || !parts.host.ends_with(']')) return std::nullopt;
  parts.host = parts.host.substr(1, parts.host.size() - 2);
  return parts;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return port;
}

}  // namespace

Endpoint::Endpoint(ByteView ip_address, std::uint16_t port_number) : port(port_number) {
  static constexpr ByteArray<12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  OPW_CHECK(ip_address.size() == 4 || ip_address.size() == 16);
  if (ip_address.size() == 16 && equal(ip_address.first(12), kMappedPrefix)) ip_address = ip_address.subspan(12);
  is_v6 = ip_address.size() == 16;
  std::copy(ip_address.begin(), ip_address.end(), address.begin());
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto port = parse_port(parts->port);
  // Asio takes zones, and ends at a zero.
  if (!port || parts->host.find_first_of(std::string_view("%\0", 2)) != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  if (!parts->in_brackets) {
    const auto v4 = asio::ip::make_address_v4(parts->host, error);
    return error ? std::nullopt : std::optional(Endpoint(v4.to_bytes(), *port));
  }
  const auto v6 = asio::ip::make_address_v6(parts->host, error);
  return error ? std::nullopt : std::optional(Endpoint(v6.to_bytes(), *port));
}

std::optional<Endpoint> Endpoint::parse_ip(std::string_view ip, std::uint16_t port) {
  const std::string host(ip);
  const bool is_v6 = host.find(':') != std::string::npos;
  return parse((is_v6 ? "[" + host + "]:" : host + ":") + std::to_string(port));
}

std::string Endpoint::to_string() const {
  const std::string host = address_text(*this);
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace opwire::net
