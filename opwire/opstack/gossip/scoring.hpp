// op-node's "light" scoring of gossip peers.
#pragma once

#include "opwire/p2p/gossipsub/params.hpp"

namespace opwire::opstack {

/// Parameters and thresholds of op-node since v1.13.4: broken rules, peers that share an address, and what the
/// application thinks; no topic is scored. block_time: the chain's slot; zero counts as two seconds.
gossipsub::Scoring light_scoring(Duration block_time, gossipsub::AppScore app = nullptr);

}  // namespace opwire::opstack
