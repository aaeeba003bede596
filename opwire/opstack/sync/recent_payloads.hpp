// The newest payloads, in memory: what a node without an archive has to give.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

class RecentPayloads {
 public:
  /// Keeps as many as max_bytes hold, of the highest numbers.
  explicit RecentPayloads(std::size_t max_bytes = std::size_t{64} << 20) : max_bytes_(max_bytes) {}

  void add(const Envelope& envelope);
  /// All of that height, the newest first.
  std::vector<Envelope> at(BlockNumber number) const;
  std::optional<Envelope> by_hash(const Hash256& hash) const;

  std::size_t size() const noexcept { return by_hash_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  using Payloads = std::multimap<BlockNumber, Envelope>;
  void erase(Payloads::iterator payload);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Payloads payloads_;
  std::unordered_map<Hash256, Payloads::iterator> by_hash_;
};

}  // namespace opwire::opstack
