// Messages that a peer told us of and that we asked it for.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

/// One id of each IWANT is followed up. Bounded by the IHAVE that are heeded per peer and heartbeat.
class Promises {
 public:
  /// Keeps the first deadline when the peer has promised this one before.
  void add(const PeerId& peer, const MessageId& id, TimePoint deadline);
  /// The message came, from whomever.
  void fulfil(const MessageId& id);
  void forget(const PeerId& peer);
  void clear();
  bool holds_any_of(const PeerId& peer) const { return counts_.contains(peer); }

  struct Broken {
    PeerId peer;
    unsigned count;
  };
  /// Takes out the promises whose deadline has passed.
  std::vector<Broken> take_broken(TimePoint now);

  std::size_t size() const noexcept;

 private:
  template <class Test>
  void remove_if(Test test);
  void count_less(const PeerId& peer);

  std::map<MessageId, std::map<PeerId, TimePoint>> promises_;
  std::unordered_map<PeerId, std::size_t> counts_;  // of those who hold any
};

}  // namespace opwire::gossipsub
