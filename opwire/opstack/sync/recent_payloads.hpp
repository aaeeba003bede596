// The newest payloads, in memory: what a node without an archive can serve.
#pragma once

#include <map>

#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/opstack/sync/payload_source.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::opstack {

class RecentPayloads final : public PayloadSource {
 public:
  /// Keeps as many as max_bytes hold, of the highest numbers. loop and pool outlive it.
  RecentPayloads(Loop& loop, WorkerPool& pool, std::size_t max_bytes = std::size_t{64} << 20)
      : loop_(loop), pool_(pool), max_bytes_(max_bytes) {}

  /// The last one of a height is served.
  void add(const Envelope& envelope);
  /// Encodes on the pool.
  Task<Result<FramedPayload>> payload(BlockNumber number, TimePoint deadline) override;

  std::size_t size() const noexcept { return payloads_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  Loop& loop_;
  WorkerPool& pool_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<BlockNumber, Envelope> payloads_;
};

}  // namespace opwire::opstack
