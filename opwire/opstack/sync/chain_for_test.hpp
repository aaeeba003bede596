// A chain of valid blocks, and a schedule that they fit.
#pragma once

#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/sync/errors.hpp"
#include "opwire/opstack/sync/payload_source.hpp"
#include "opwire/opstack/sync/protocol.hpp"

namespace opwire::opstack::test {

inline constexpr ChainId kChain{901};

/// Every fork up to `active` from genesis on, a block every two seconds since 1,700,000,000.
inline BlockSchedule schedule(Fork active = Fork::kIsthmus) {
  RollupConfig rollup;
  rollup.genesis.l2_time = 1'700'000'000;
  rollup.block_time = 2;
  for (std::size_t fork = 1; fork <= static_cast<std::size_t>(active); ++fork) {
    rollup.forks.set_time(static_cast<Fork>(fork), 0);
  }
  return BlockSchedule(rollup);
}

/// Block 0 to block count - 1, each the parent of the next; seed makes it another chain.
inline std::vector<Envelope> make_chain(std::size_t count, std::size_t bytes = 1000, std::uint64_t seed = 1,
                                        const BlockSchedule& times = schedule()) {
  SeededRng rng(seed);
  std::vector<Envelope> chain;
  Hash256 parent;
  for (std::uint64_t number = 0; number < count; ++number) {
    ExecutionPayload payload;
    payload.version = times.version({number}).value();
    payload.number = {number};
    payload.timestamp = times.timestamp({number}).value();
    payload.parent_hash = parent;
    Bytes transaction(bytes);
    rng.fill(transaction);
    const std::vector<ByteView> transactions{transaction};
    payload.transactions = TransactionList::make(transactions).value();
    Envelope envelope(payload);
    parent = envelope.payload.block_hash = block_hash(envelope);
    chain.push_back(std::move(envelope));
  }
  return chain;
}

/// The whole answer of a server that has the block.
inline Bytes answer_of(const Envelope& envelope) {
  const ByteArray<5> head = answer_head(envelope.payload.version);
  Bytes answer = to_bytes(head);
  const FramedPayload payload = frame_payload(envelope);
  answer.insert(answer.end(), payload.frames.view().begin(), payload.frames.view().end());
  return answer;
}

/// Has what it is given, at once.
class ChainSource final : public PayloadSource {
 public:
  ChainSource() = default;
  explicit ChainSource(const std::vector<Envelope>& chain) {
    for (const Envelope& envelope : chain) payloads[envelope.payload.number] = frame_payload(envelope);
  }
  Task<Result<FramedPayload>> payload(BlockNumber number, TimePoint) override {
    if (failure) co_return *failure;
    const auto found = payloads.find(number);
    if (found == payloads.end()) co_return errors::kNotFound;
    co_return found->second;
  }
  std::map<BlockNumber, FramedPayload> payloads;
  std::optional<Error> failure;
};

}  // namespace opwire::opstack::test
