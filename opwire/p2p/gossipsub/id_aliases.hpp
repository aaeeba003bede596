// Two ways to make message ids in one network: which id is another's alias, for as long as ids are remembered.
//
// OP chains have two: op-node's ids cover the topic, kona's (and the specification's) do not. A peer that speaks of a
// message under one id and is heard under the other counts as one that breaks its promises, so each peer is spoken to
// in its own ids.
#pragma once

#include <unordered_map>

#include "opwire/base/time.hpp"
#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

/// Which ids a peer uses, as far as what it sent has shown.
enum class IdFamily : std::uint8_t { kUnknown, kOurs, kAlias };

constexpr std::string_view to_string(IdFamily family) noexcept {
  switch (family) {
    case IdFamily::kOurs:
      return "ours";
    case IdFamily::kAlias:
      return "alias";
    case IdFamily::kUnknown:
      break;
  }
  return "unknown";
}

/// At most `capacity` ids and their aliases; when full, the oldest goes first. An id has one alias and keeps it;
/// several may share one.
class IdAliases {
 public:
  IdAliases(Duration ttl, std::size_t capacity, KeyedHash hash)
      : ttl_(ttl), capacity_(capacity), ids_(0, {hash}), aliases_(0, {hash}) {}

  void add(const MessageId& id, const MessageId& alias, TimePoint now);
  /// The first that has this alias. Null when it is none that we know.
  const MessageId* id_of(const MessageId& alias) const;
  const MessageId* alias_of(const MessageId& id) const;
  void expire(TimePoint now);

  std::size_t size() const noexcept { return aliases_.size(); }

 private:
  struct Entry {
    TimePoint expires;
    MessageId id;
    MessageId alias;
  };
  using Map = std::unordered_map<MessageId, MessageId, MessageIdHash>;
  void drop_oldest();

  Duration ttl_;
  std::size_t capacity_;
  Map ids_;      // by alias
  Map aliases_;  // by id
  Fifo<Entry> order_;
};

}  // namespace opwire::gossipsub
