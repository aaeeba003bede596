// Knows a message again by its bytes, without decoding them: most of what arrives are duplicates.
//
// A keyed hash of the length, the topic and some places of the data finds the candidate; then all bytes are compared,
// so a collision costs a comparison and never a wrong answer. Which places are looked at depends on the key.
#pragma once

#include <unordered_map>

#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message.hpp"

namespace opwire::gossipsub {

/// Holds messages of any verdict for `lifetime` heartbeats, bounded in bytes; the oldest goes first. A message that has
/// gone is recognised by its id only.
class DuplicateFilter {
 public:
  DuplicateFilter(unsigned lifetime, std::size_t max_bytes, KeyedHash hash)
      : lifetime_(lifetime), max_bytes_(max_bytes), hash_(hash) {}

  /// The message of this topic with exactly these data, or null.
  MessagePtr find(std::string_view topic, ByteView data) const;
  void add(MessagePtr message);
  /// A heartbeat has passed.
  void shift();

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Slot {
    std::uint64_t beat;
    std::uint64_t key;
    MessagePtr message;
  };
  std::uint64_t key_of(std::string_view topic, ByteView data) const noexcept;
  void drop_oldest();

  unsigned lifetime_;
  std::size_t max_bytes_;
  KeyedHash hash_;
  std::uint64_t beat_ = 0;
  std::size_t bytes_ = 0;
  std::unordered_map<std::uint64_t, MessagePtr> by_key_;
  Fifo<Slot> order_;
};

}  // namespace opwire::gossipsub
