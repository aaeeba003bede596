#include "opwire/net/endpoint.hpp"

#include <algorithm>

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

}  // namespace

Endpoint::Endpoint(ByteView ip_address, std::uint16_t port_number) : port(port_number) {
  static constexpr ByteArray<12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  OPW_CHECK(ip_address.size() == 4 || ip_address.size() == 16);
  if (ip_address.size() == 16 && equal(ip_address.first(12), kMappedPrefix)) ip_address = ip_address.subspan(12);
  is_v6 = ip_address.size() == 16;
  std::copy(ip_address.begin(), ip_address.end(), address.begin());
}

std::string Endpoint::to_string() const {
  const std::string host = address_text(*this);
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace opwire::net
