// gossipsub on a peer, with every message accepted: as op-node uses it (no signatures, op-node's message ids with
// kona's as their aliases, snappy blocks), or with signed messages. Peers are scored with op-node's parameters, and by
// topic so that a refused message shows at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "interop/common/commands.hpp"
#include "interop/opwirepeer/peer.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"

namespace opwire::interop {

class Gossip final : public gossipsub::Observer {
 public:
  /// Subscribes; peer outlives this. op_ids: as op-node.
  Gossip(Peer& peer, const std::vector<std::string>& topics, bool op_ids);

  /// "count" messages of "size" pseudo-random bytes on "topic" (or the first), or one whose snappy block holds "plain".
  Task<Result<void>> publish(Command command);
  /// Which message ids each peer has been seen to use: "ours", "alias" or "unknown".
  void emit_families() const;
  void emit_scores() const;
  Task<void> close() { return service_.close(); }

  void on_topic(const PeerId& peer, const std::string& topic, bool subscribed) override;
  void on_mesh(const PeerId& peer, const std::string& topic, bool in_mesh) override;

 private:
  Result<void> publish_one(const std::string& topic, ByteView plain);

  Peer& peer_;
  bool op_ids_;
  std::unique_ptr<gossipsub::MessageDecoder> decoder_;
  gossipsub::Service service_;
  std::string first_;
};

}  // namespace opwire::interop
