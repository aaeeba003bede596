// gossipsub on a peer as op-node uses it: no signatures, op-node's message ids, snappy blocks. Every message is
// accepted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "interop/common/commands.hpp"
#include "interop/opwirepeer/peer.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"

namespace opwire::interop {

class Gossip {
 public:
  /// Subscribes; peer outlives this.
  Gossip(Peer& peer, const std::vector<std::string>& topics);

  /// "count" messages of "size" pseudo-random bytes on "topic" (or the first), or one whose snappy block holds "plain".
  Task<Result<void>> publish(Command command);
  /// Who subscribes to each topic, and who is in our mesh.
  void emit_mesh() const;
  Task<void> close() { return service_.close(); }

 private:
  Result<void> publish_one(const std::string& topic, ByteView plain);

  Peer& peer_;
  opstack::BlockMessageDecoder decoder_;
  gossipsub::Service service_;
  std::string first_;
};

}  // namespace opwire::interop
