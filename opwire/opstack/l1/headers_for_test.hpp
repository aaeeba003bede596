// Blocks as an L1 node would show them.
#pragma once

#include "opwire/codec/quantity.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/proofs_for_test.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::opstack {

/// A real block of an OP chain, whose headers are Ethereum's.
inline boost::json::object header_of(const Envelope& envelope) {
  const ExecutionPayload& payload = envelope.payload;
  const auto hex = [](ByteView bytes) { return codec::to_hex0x(bytes); };
  boost::json::object block;
  block["hash"] = hex(payload.block_hash.view());
  block["parentHash"] = hex(payload.parent_hash.view());
  block["sha3Uncles"] = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
  block["miner"] = hex(payload.fee_recipient.view());
  block["stateRoot"] = hex(payload.state_root.view());
  block["transactionsRoot"] = hex(transactions_root(payload.transactions).view());
  block["receiptsRoot"] = hex(payload.receipts_root.view());
  block["logsBloom"] = hex(payload.logs_bloom.view());
  block["difficulty"] = "0x0";
  block["number"] = codec::to_quantity(payload.number.value);
  block["gasLimit"] = codec::to_quantity(payload.gas_limit);
  block["gasUsed"] = codec::to_quantity(payload.gas_used);
  block["timestamp"] = codec::to_quantity(payload.timestamp);
  block["extraData"] = hex(payload.extra_data.view());
  block["mixHash"] = hex(payload.prev_randao.view());
  block["nonce"] = "0x0000000000000000";
  std::string fee = codec::to_hex(payload.base_fee_per_gas.view());
  fee.erase(0, std::min(fee.find_first_not_of('0'), fee.size() - 1));
  block["baseFeePerGas"] = "0x" + fee;
  const bool own_root = has_withdrawals_root(payload.version);
  block["withdrawalsRoot"] = hex((own_root ? payload.withdrawals_root : withdrawals_root(payload.withdrawals)).view());
  block["blobGasUsed"] = codec::to_quantity(payload.blob_gas_used);
  block["excessBlobGas"] = codec::to_quantity(payload.excess_blob_gas);
  block["parentBeaconBlockRoot"] = hex(envelope.parent_beacon_block_root.view());
  if (own_root) block["requestsHash"] = hex(crypto::sha256({}).view());
  return block;
}

inline Envelope envelope_of_vector(const std::string& name) {
  const boost::json::value vector = read_l1_vectors(name);
  const auto version = vector.at("payload_version").as_int64() == 4 ? PayloadVersion::kV4 : PayloadVersion::kV3;
  const Bytes ssz = codec::from_hex(std::string_view(vector.at("signed_message_hex").as_string())).value();
  return decode_ssz(version, SharedBytes(ssz)).value();
}
inline boost::json::object header_of_vector(const std::string& name) {
  return header_of(envelope_of_vector(name));
}

/// The same with other contents, and the hash that belongs to them.
inline boost::json::object header_with(const Envelope& envelope) {
  Envelope hashed = envelope;
  hashed.payload.block_hash = block_hash(hashed);
  return header_of(hashed);
}

}  // namespace opwire::opstack
