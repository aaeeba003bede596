#include "opwire/discv5/table_bucket.hpp"

#include <algorithm>

namespace opwire::discv5 {
namespace {

TableNode* find_in(std::vector<TableNode>& nodes, const NodeId& id) noexcept {
  const auto at = std::ranges::find_if(nodes, [&](const TableNode& node) { return node.record->id() == id; });
  return at == nodes.end() ? nullptr : &*at;
}

}  // namespace

Contact TableNode::contact() const {
  Contact contact{.id = record->id(), .endpoint = endpoint, .record = record};
  std::ranges::copy(record->public_key(), contact.public_key.begin());
  return contact;
}

TableNode* TableBucket::find_node(const NodeId& id) noexcept {
  return find_in(nodes, id);
}

TableNode* TableBucket::find_waiting(const NodeId& id) noexcept {
  return find_in(waiting, id);
}

}  // namespace opwire::discv5
