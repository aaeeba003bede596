#include "opwire/discv5/contact.hpp"

#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::discv5 {
namespace {

using multiformats::is_host_ip;
using multiformats::is_loopback_ip;
using multiformats::is_public_ip;
using multiformats::unmap_ip;

std::optional<net::Endpoint> endpoint_of(ByteView ip, std::optional<std::uint16_t> port) {
  if (!port || *port == 0 || !is_host_ip(ip)) return std::nullopt;
  return net::Endpoint(ip, *port);
}

std::optional<net::Endpoint> endpoint4(const NodeRecord& record) {
  const auto ip = record.ip4();
  return ip ? endpoint_of(*ip, record.udp()) : std::nullopt;
}

std::optional<net::Endpoint> endpoint6(const NodeRecord& record) {
  const auto ip = record.ip6();
  if (!ip || unmap_ip(*ip).size() == 4) return std::nullopt;
  const auto port = record.udp6();
  return endpoint_of(*ip, port ? port : record.udp());  // EIP-778: without udp6, udp is for both
}

}  // namespace

IpFamilies families_of(const net::Endpoint& listen) noexcept {
  return {!listen.is_v6 || listen.is_unspecified(), listen.is_v6};
}

std::optional<net::Endpoint> udp_endpoint(const NodeRecord& record, IpFamilies families) {
  if (families.v4) {
    if (const auto endpoint = endpoint4(record)) return endpoint;
  }
  return families.v6 ? endpoint6(record) : std::nullopt;
}

std::optional<Contact> contact_of(RecordPtr record, IpFamilies families) {
  const auto endpoint = udp_endpoint(*record, families);
  if (!endpoint) return std::nullopt;
  Contact contact{.id = record->id(), .endpoint = *endpoint};
  std::ranges::copy(record->public_key(), contact.public_key.begin());
  contact.record = std::move(record);
  return contact;
}

bool may_relay(ByteView teller_ip, ByteView told_ip) noexcept {
  if (!is_host_ip(told_ip)) return false;
  if (is_loopback_ip(told_ip)) return is_loopback_ip(teller_ip);
  return is_public_ip(told_ip) || !is_public_ip(teller_ip);
}

}  // namespace opwire::discv5
