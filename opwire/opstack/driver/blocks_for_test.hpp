// Chains of blocks whose first transaction is an L1 attributes deposit, for the tests of this folder.
#pragma once

#include "opwire/codec/rlp.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/driver/payload_queue.hpp"

namespace opwire::opstack::test {

/// Isthmus calldata: L1 block `origin`, whose hash is all `origin`.
inline Bytes isthmus_calldata(std::uint8_t origin, std::uint64_t sequence) {
  Bytes data(176);
  store_be<std::uint32_t>(data.data(), 0x098999be);
  store_be<std::uint64_t>(data.data() + 12, sequence);
  store_be<std::uint64_t>(data.data() + 20, 1'600'000'000);
  store_be<std::uint64_t>(data.data() + 28, origin);
  std::fill_n(data.begin() + 100, 32, origin);
  return data;
}

inline Bytes deposit(ByteView calldata) {
  Bytes out{0x7e};
  codec::rlp::append_bytes(out, Bytes(32, 1));
  codec::rlp::append_bytes(out, Bytes(20, 2));
  codec::rlp::append_bytes(out, Bytes(20, 3));
  codec::rlp::append_bytes(out, {});
  codec::rlp::append_bytes(out, {});
  codec::rlp::append_uint(out, 1'000'000);
  codec::rlp::append_bytes(out, {});
  codec::rlp::append_bytes(out, calldata);
  codec::rlp::wrap_list(out, 1);
  return out;
}

/// A made-up hash; branch tells rivals of one height apart.
inline Hash256 hash(std::uint64_t number, std::uint8_t branch = 0) {
  Hash256 value;
  store_be<std::uint64_t>(value.bytes.data(), number + 1);
  value.bytes[31] = branch;
  return value;
}

struct BlockShape {
  std::uint8_t branch = 0;
  std::uint8_t parent_branch = 0;
  std::size_t extra_bytes = 0;  ///< of a second transaction
  bool with_l1_info = true;
};

inline Envelope block(std::uint64_t number, const BlockShape& shape = {}) {
  ExecutionPayload payload;
  payload.version = PayloadVersion::kV4;
  payload.number = {number};
  payload.block_hash = hash(number, shape.branch);
  payload.parent_hash = hash(number - 1, shape.parent_branch);
  payload.timestamp = 1'700'000'000 + 2 * number;
  const Bytes first = shape.with_l1_info ? deposit(isthmus_calldata(9, number)) : Bytes(50, 0x02);
  const Bytes extra(shape.extra_bytes);
  std::vector<ByteView> transactions{first};
  if (!extra.empty()) transactions.emplace_back(extra);
  payload.transactions = TransactionList::make(transactions).value();
  return Envelope(payload);
}

inline L2BlockRef ref(std::uint64_t number, const BlockShape& shape = {}) {
  return block_ref(block(number, shape).payload).value();
}

inline QueuedPayload queued(const Envelope& envelope, PayloadOrigin origin = PayloadOrigin::kGossip) {
  return {envelope, std::nullopt, origin};
}

}  // namespace opwire::opstack::test
