// What op-node's RPC cannot tell of a node: limits and what of them is in use, meshes, verdicts, gaps, the archive.
#pragma once

#include <string>

#include "opwire/node/api/parts.hpp"

namespace opwire::node {

/// Of connections, streams and memory: how much there may be, and how much there is.
std::string limits_json(const ApiParts& parts);
/// Of each topic: who subscribed, and who of them is in our mesh, with their scores.
std::string mesh_json(const ApiParts& parts);
/// How many blocks were accepted, and for each other verdict its reason, how often and when it was given last, to whom.
std::string verdicts_json(const ApiParts& parts);
/// What is missing below the blocks that wait, and how its fetching goes. "null": the chain is not followed.
std::string gaps_json(const ApiParts& parts);
/// "null": blocks are kept in memory only.
std::string archive_json(const ApiParts& parts);

}  // namespace opwire::node
