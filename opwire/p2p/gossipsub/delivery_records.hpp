// Who brought which message, and how it ended: for those who bring it again.
#pragma once

#include <unordered_map>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

/// A message is known for ttl after it began. At most `capacity` messages, and as many bringers; beyond, the oldest
/// message goes.
class DeliveryRecords {
 public:
  DeliveryRecords(Duration ttl, std::size_t capacity, KeyedHash hash)
      : ttl_(ttl), capacity_(capacity), records_(0, {hash}) {}

  /// It is pending, brought by one peer. One that has ended begins anew.
  void begin(const MessageId& id, const PeerId& from, TimePoint now);

  enum class Repeat {
    kNothing,  ///< unknown, late, ignored, or not its first time
    kNoted,    ///< pending yet
    kNear,     ///< within the window after it was accepted
    kInvalid,  ///< of a message that was rejected; each time
  };
  Repeat repeat(const MessageId& id, const PeerId& from, Duration window, TimePoint now);

  // The three ends, of a message that is pending; nobody and no effect otherwise. Who brought it, each once, the first
  // in front.
  std::vector<PeerId> accept(const MessageId& id, TimePoint now);
  std::vector<PeerId> reject(const MessageId& id);
  void ignore(const MessageId& id);

  void expire(TimePoint now);
  /// Messages.
  std::size_t size() const noexcept { return records_.size(); }

 private:
  enum class Status : std::uint8_t { kPending, kAccepted, kRejected, kIgnored };
  struct Record {
    Status status = Status::kPending;
    TimePoint accepted{};
    std::vector<PeerId> bringers;
  };
  struct Entry {
    TimePoint expires;
    MessageId id;
  };

  Record* find_pending(const MessageId& id);
  std::vector<PeerId> move_to(Record& record, Status status);
  void note(Record& record, const PeerId& peer);
  void drop_oldest();

  Duration ttl_;
  std::size_t capacity_;
  std::size_t bringers_ = 0;  // in all records
  std::unordered_map<MessageId, Record, MessageIdHash> records_;
  Fifo<Entry> order_;
};

}  // namespace opwire::gossipsub
