// The command line of opwirenode: opnodepeer's flags.
#pragma once

#include <string>

#include "opwire/node/config.hpp"

namespace opwire::interop {

/// --rollup-config FILE, --signer ADDRESS or --sequencer-key HEX, --static ADDR,…, --timestamp-threshold SECONDS,
/// --l2 URL of an execution engine that asks for no secret, --discovery, --bootnodes ENR,… (which turns discovery on
/// too), --peers-lo, --peers-hi and --mesh-hi, which are op-node's --p2p.peers.* and --p2p.gossip.mesh.dhi. A fresh
/// identity, any port of loopback, no database of nodes. --serve-freely and --ask-freely lift the limits of
/// payload_by_number's server and client. The error is a line for the user.
Result<node::Config, std::string> parse_node_options(int argc, char** argv);

}  // namespace opwire::interop
