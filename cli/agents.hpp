// Which programs nodes are: asked over libp2p.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "opwire/discv5/crawler.hpp"

namespace opwire::cli {

/// By node; an empty text: it was asked and did not say.
using Agents = std::map<discv5::NodeId, std::string>;

/// Asks those that have a TCP port and a chain, eight at a time. Who does not answer takes ten seconds at the most.
Task<Agents> ask_agents(Loop& loop, std::vector<const discv5::CrawledNode*> nodes);

}  // namespace opwire::cli
