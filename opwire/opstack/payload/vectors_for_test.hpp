// Reads vector files for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <sstream>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

inline boost::json::value read_vectors(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/opstack/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

inline std::string text_of(const boost::json::value& value) {
  return std::string(std::string_view(value.as_string()));
}
inline Bytes bytes_of(const boost::json::value& value) {
  return codec::from_hex(text_of(value)).value();
}
inline Hash256 hash_of(const boost::json::value& value) {
  return codec::from_hex_as<Hash256>(text_of(value)).value();
}

/// 1 is V1.
inline PayloadVersion version_of(std::int64_t number) {
  return kPayloadVersions.at(static_cast<std::size_t>(number - 1));
}

/// A payload whose fields all differ, with three transactions (one of them empty); its block hash is not that of its
/// header.
inline Envelope sample_envelope(PayloadVersion version) {
  const auto filled = [](auto value, std::uint8_t seed) {
    for (std::uint8_t& byte : value.bytes) byte = seed++;
    return value;
  };
  Envelope envelope;
  ExecutionPayload& payload = envelope.payload;
  payload.version = version;
  payload.parent_hash = filled(Hash256{}, 1);
  payload.fee_recipient = filled(Address{}, 2);
  payload.state_root = filled(Hash256{}, 3);
  payload.receipts_root = filled(Hash256{}, 4);
  payload.logs_bloom = filled(LogsBloom{}, 5);
  payload.prev_randao = filled(Hash256{}, 6);
  payload.number = BlockNumber{7};
  payload.gas_limit = 30'000'000;
  payload.gas_used = 0x0123'4567'89ab'cdef;
  payload.timestamp = 1'700'000'000;
  payload.extra_data = ExtraData::make({250, 6, std::nullopt});
  payload.base_fee_per_gas = filled(Uint256{}, 0);
  payload.block_hash = filled(Hash256{}, 8);
  const Bytes first(300, 0x11), last(70, 0x22);
  const std::vector<ByteView> transactions{first, {}, last};
  payload.transactions = TransactionList::make(transactions).value();
  if (has_withdrawals(version)) {
    payload.withdrawals = WithdrawalList::make({{1, 2, filled(Address{}, 9), 3}, {4, 5, {}, 6}}).value();
  }
  if (has_blob_gas(version)) {
    payload.blob_gas_used = 10;
    payload.excess_blob_gas = 11;
    envelope.parent_beacon_block_root = filled(Hash256{}, 12);
  }
  if (has_withdrawals_root(version)) payload.withdrawals_root = filled(Hash256{}, 13);
  return envelope;
}

}  // namespace opwire::opstack
