// Where accepted blocks go.
#pragma once

#include <string>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"

namespace opwire::opstack {

/// A block that passed every check, from another node.
struct AcceptedBlock {
  Envelope envelope;
  GossipBody body;  ///< what the envelope was decoded from, and the signature over it
  Address signer;
  std::string topic;
  PeerId from;                ///< the peer that delivered it first
  std::size_t wire_size = 0;  ///< bytes as gossiped, compressed
  WallTime received_at{};
  Duration validated_in{};  ///< from receipt to verdict
};

class BlockSink {
 public:
  virtual ~BlockSink() = default;
  /// On the loop, one at a time, in the order of acceptance. Must not block.
  virtual void on_block(const AcceptedBlock& block) = 0;
};

}  // namespace opwire::opstack
