#include "opwire/opstack/sync/recent_payloads.hpp"

#include <algorithm>

#include "opwire/opstack/sync/payload_size.hpp"

namespace opwire::opstack {

void RecentPayloads::add(const Envelope& envelope) {
  const auto known = by_hash_.find(envelope.payload.block_hash);
  if (known != by_hash_.end()) erase(known->second);
  bytes_ += memory_size(envelope);
  by_hash_.emplace(envelope.payload.block_hash, payloads_.emplace(envelope.payload.number, envelope));
  while (bytes_ > max_bytes_) erase(payloads_.begin());
}

void RecentPayloads::erase(Payloads::iterator payload) {
  bytes_ -= memory_size(payload->second);
  by_hash_.erase(payload->second.payload.block_hash);
  payloads_.erase(payload);
}

std::vector<Envelope> RecentPayloads::at(BlockNumber number) const {
  std::vector<Envelope> found;
  const auto [begin, end] = payloads_.equal_range(number);
  for (auto payload = begin; payload != end; ++payload) found.push_back(payload->second);
  std::ranges::reverse(found);
  return found;
}

std::optional<Envelope> RecentPayloads::by_hash(const Hash256& hash) const {
  const auto found = by_hash_.find(hash);
  return found == by_hash_.end() ? std::nullopt : std::optional(found->second->second);
}

}  // namespace opwire::opstack
