#include "opwire/node/api/parts.hpp"

namespace opwire::node {

ApiParts parts_of(Node& node, std::string version) {
  ApiParts parts(node.host().network(), node.config(), std::move(version));
  parts.router = &node.router();
  parts.blocks = &node.block_counts();
  parts.engine = node.chain().controller();
  parts.discovery = [&node] { return node.discovery(); };
  parts.post_block = [&node](const opstack::AcceptedBlock& block) { (void)node.chain().on_posted(block.envelope); };
  parts.status = [&node] { return node.status(); };
  parts.sync_progress = [&node] { return node.chain().progress(); };
  parts.publish = [&node](opstack::Envelope envelope) { return node.publish(std::move(envelope)); };
  parts.publish_frame = [&node](opstack::PayloadVersion version_of, Bytes frame) {
    return node.publish_frame(version_of, std::move(frame));
  };
  return parts;
}

}  // namespace opwire::node
