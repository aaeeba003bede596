#include "opwire/opstack/sync/recent_payloads.hpp"

#include "opwire/opstack/sync/errors.hpp"
#include "opwire/opstack/sync/payload_size.hpp"

namespace opwire::opstack {
void RecentPayloads::add(const Envelope& envelope) {
  const auto [at, is_new] = payloads_.try_emplace(envelope.payload.number, envelope);
  if (!is_new) {
    bytes_ -= memory_size(at->second);
    at->second = envelope;
  }
  bytes_ += memory_size(envelope);
  while (bytes_ > max_bytes_) {
    bytes_ -= memory_size(payloads_.begin()->second);
    payloads_.erase(payloads_.begin());
  }
}

Task<Result<FramedPayload>> RecentPayloads::payload(BlockNumber number, TimePoint) {
  const auto found = payloads_.find(number);
  if (found == payloads_.end()) co_return errors::kNotFound;
  auto job = [envelope = found->second] { return frame_payload(envelope); };
  co_return co_await pool_.run(loop_, std::move(job));
}

}  // namespace opwire::opstack
