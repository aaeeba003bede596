#include "opwire/store/node_rules.hpp"

#include <algorithm>

namespace opwire::store {

using discv5::KnownNode;

bool is_recent(KnownNode& node, WallTime now) noexcept {
  node.last_answer = std::min(node.last_answer, now);
  return now - node.last_answer <= kMaxNodeAge;
}

void sort_newest_first(std::vector<KnownNode>& nodes) {
  // Equal times: by id, so that a run can be repeated.
  std::sort(nodes.begin(), nodes.end(), [](const KnownNode& a, const KnownNode& b) {
    if (a.last_answer != b.last_answer) return a.last_answer > b.last_answer;
    return a.record->id() < b.record->id();
  });
}

}  // namespace opwire::store
