// Records of made-up nodes. A number is a key, so the same number is the same node.
#pragma once

#include <memory>
#include <string_view>

#include "opwire/base/check.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/multiformats/ip_text.hpp"

namespace opwire::discv5::test {

/// The private key of that number.
inline Bytes key_of(std::uint64_t number) {
  Bytes key(32, 1);
  store_be(key.data() + 24, number);
  return key;
}

/// 4 or 16 bytes; the text is an address.
inline Bytes ip_bytes(std::string_view ip) {
  if (const auto ip4 = multiformats::parse_ip4(ip)) return to_bytes(*ip4);
  const auto ip6 = multiformats::parse_ip6(ip);
  OPW_CHECK(ip6);
  return to_bytes(*ip6);
}

inline net::Endpoint endpoint_at(std::string_view ip, std::uint16_t port) {
  return net::Endpoint(ip_bytes(ip), port);
}

inline NodeRecordDraft draft_at(const net::Endpoint& endpoint) {
  NodeRecordDraft draft;
  draft.set(endpoint.is_v6 ? "ip6" : "ip", endpoint.ip());
  return draft.set(endpoint.is_v6 ? "udp6" : "udp", std::uint64_t{endpoint.port});
}

/// Takes 0.1 ms.
inline RecordPtr record_at(const net::Endpoint& endpoint, std::uint64_t key_number, std::uint64_t seq = 1) {
  return std::make_shared<NodeRecord>(draft_at(endpoint).sign(key_of(key_number), seq).value());
}
inline RecordPtr record_at(std::string_view ip, std::uint16_t udp, std::uint64_t key_number, std::uint64_t seq = 1) {
  return record_at(endpoint_at(ip, udp), key_number, seq);
}

inline Contact contact_at(const net::Endpoint& endpoint, std::uint64_t key_number, std::uint64_t seq = 1) {
  return contact_of(record_at(endpoint, key_number, seq), {.v4 = true, .v6 = true}).value();
}
inline Contact contact_at(std::string_view ip, std::uint16_t udp, std::uint64_t key_number, std::uint64_t seq = 1) {
  return contact_at(endpoint_at(ip, udp), key_number, seq);
}

}  // namespace opwire::discv5::test
