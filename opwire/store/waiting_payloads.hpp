// Payloads that wait to be written, in the order in which they came: found by number and by hash, bounded by bytes.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "opwire/store/archived_payload.hpp"

namespace opwire::store {

class WaitingPayloads {
 public:
  using Ticket = std::uint64_t;  ///< from 1
  using Payload = std::shared_ptr<const ArchivedPayload>;
  struct Some {
    std::vector<Payload> payloads;
    Ticket last = 0;
  };

  explicit WaitingPayloads(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// How many were dropped, those of the lowest numbers, this one perhaps, to stay within max_bytes. One that waits
  /// already and is as good as this one stays in its place.
  std::size_t put(ArchivedPayload payload);
  /// The first of them, at most so many and about so many bytes. They stay, and are not dropped, until done() or
  /// failed().
  Some take(std::size_t most, std::size_t bytes);
  void done(const Some& some);
  void failed() noexcept { taken_ = 0; }

  /// Signed ones first, then the latest.
  std::vector<Payload> by_number(BlockNumber number) const;
  /// Null where there is none.
  Payload by_hash(const Hash256& hash) const;

  std::size_t size() const noexcept { return payloads_.size(); }
  bool empty() const noexcept { return payloads_.empty(); }
  std::size_t bytes() const noexcept { return bytes_; }
  /// Of the last one put.
  Ticket last_ticket() const noexcept { return last_; }
  /// Whether one of those up to that ticket waits still.
  bool waits_until(Ticket ticket) const noexcept { return !empty() && payloads_.begin()->first <= ticket; }

 private:
  void erase(Ticket ticket);
  /// Of the same block; 0 where there is none.
  Ticket find_other(const ArchivedPayload& payload) const;

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Ticket last_ = 0;
  Ticket taken_ = 0;  // up to it they are being written
  std::map<Ticket, Payload> payloads_;
  std::set<std::pair<BlockNumber, Ticket>> by_number_;
  std::unordered_map<Hash256, Ticket> by_hash_;  // the latest of that hash
};

}  // namespace opwire::store
