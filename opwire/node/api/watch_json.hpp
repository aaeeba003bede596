// What the node noticed beside the blocks themselves: its clock, and signed blocks that contradict each other.
#pragma once

#include "opwire/node/api/parts.hpp"

namespace opwire::node {

/// {"state":"good","skewMs":140}; skewMs is null while state is "unknown". "null" where nobody watches.
std::string clock_json(const ApiParts& parts);

/// {"total":1,"heights":[{"number":7,"more":false,"blocks":[{"hash":"0x…","payloadHash":"0x…","signature":"0x…",
/// "signer":"0x…","version":4,"timestamp":…,"from":"16Uiu2…" or null for ours,"receivedAt":"2024-…Z"},…]}]}, the latest
/// height first, blocks as they came. "null" where nobody watches.
std::string equivocations_json(const ApiParts& parts);

}  // namespace opwire::node
