// optimism_syncStatus and its blocks, field for field as op-node writes them. What is not known is zero, as there.
#pragma once

#include "opwire/node/api/go_json.hpp"
#include "opwire/node/api/parts.hpp"

namespace opwire::node {

void write(GoJson& out, const opstack::L2BlockRef& block);
void write(GoJson& out, const L1BlockRef& block);

std::string sync_status_json(const ApiParts& parts);
/// {"unsafe":...,"safe":...,"finalized":...}: what opwire_subscribe's "heads" tells.
std::string heads_json(const opstack::EngineHeads& heads);
/// {"wanted":...,"proved":...,"peers":...,"quarantinedBytes":...,"seconds":...}, or null.
std::string sync_progress_json(const std::optional<opstack::RangeProgress>& progress, TimePoint now);
/// What this node is and does, on one page.
std::string status_json(const ApiParts& parts);

}  // namespace opwire::node
