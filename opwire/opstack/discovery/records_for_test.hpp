// Records of made-up nodes of some chain. A number is a key, so the same number is the same node.
#pragma once

#include <memory>
#include <string>

#include "opwire/multiformats/ip_text.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::opstack::test {

inline Bytes key_of(std::uint64_t number) {
  Bytes key(32, 2);
  store_be(key.data() + 24, number);
  return key;
}

/// At ip, port 9222.
inline discv5::RecordPtr record_of(std::uint64_t number, ChainId chain, const std::string& ip, std::uint64_t seq = 1,
                                   std::uint64_t version = 0) {
  const auto ip4 = multiformats::parse_ip4(ip).value();
  discv5::NodeRecordDraft draft;
  draft.set("ip", ip4).set("tcp", std::uint64_t{9222}).set("udp", std::uint64_t{9222});
  draft.set(kChainEntryKey, encode(ChainEntry{chain, version}));
  return std::make_shared<discv5::NodeRecord>(draft.sign(key_of(number), seq).value());
}

inline PeerId peer_of(std::uint64_t number) {
  return peer_id_of(*record_of(number, ChainId{1}, "10.0.0.1"));
}

}  // namespace opwire::opstack::test
