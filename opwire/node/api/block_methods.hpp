// Methods that take a block: admin_postUnsafePayload and opstack_publishBlockV1. A block is op-node's envelope in JSON,
//   {"parentBeaconBlockRoot":"0x...","executionPayload":{...}}
// and a signed one {"envelope":<that>,"signature":"0x<65 bytes>"}. It is read and hashed on the worker pool.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// Only the block's hash is verified. Then it goes to the driver. parts outlives it.
Task<rpc::MethodAnswer> post_unsafe_payload(const ApiParts& parts, boost::json::array params);

/// A signed block is published as it is, an unsigned one is signed here. Either passes our own validator before; what
/// that, the signer or gossip refuse is told. parts outlives it.
Task<rpc::MethodAnswer> publish_block(const ApiParts& parts, boost::json::array params);

}  // namespace opwire::node
