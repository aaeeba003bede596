#include "opwire/opstack/discovery/node_finder.hpp"

namespace opwire::opstack {

Task<std::vector<discv5::RecordPtr>> ServiceNodeFinder::lookup(discv5::NodeId target) {
  auto found = co_await service_.lookup(target);
  if (!found) co_return std::vector<discv5::RecordPtr>();
  co_return std::move(found->nearest);
}

}  // namespace opwire::opstack
