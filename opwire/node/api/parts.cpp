#include "opwire/node/api/parts.hpp"

#include "opwire/runtime/memory_use.hpp"

namespace opwire::node {

const opstack::EngineController* engine_of(const ApiParts& parts) {
  return parts.engine ? parts.engine() : nullptr;
}

ApiParts parts_of(Node& node, std::string version) {
  ApiParts parts(node.host().network(), node.config(), std::move(version));
  parts.pool = &node.pool();
  parts.reputation = &node.reputation();
  parts.router = &node.router();
  parts.blocks = &node.block_counts();
  parts.clock = &node.clock();
  parts.equivocations = &node.equivocations();
  parts.discovery = [&node] { return node.discovery(); };
  parts.status = [&node] { return node.status(); };
  parts.engine = [&node] { return node.chain().controller(); };
  parts.post_block = [&node](const opstack::Envelope& envelope) { return node.chain().on_posted(envelope); };
  parts.latency = [&node](const PeerId& peer) { return node.latency(peer); };
  parts.served = [&node] { return node.chain().served(); };
  parts.requested = [&node] { return node.chain().requests(); };
  parts.archived = [&node] {
    const store::PayloadArchive* const archive = node.chain().archive();
    return archive != nullptr ? std::optional(archive->status()) : std::nullopt;
  };
  parts.storing = [&node] { return node.chain().storing(); };
  parts.sync_progress = [&node] { return node.chain().progress(); };
  parts.resources = [&node] { return ResourceReport{node.host().limits(), node.host().resources(), resident_bytes()}; };
  parts.reconfigure = [&node](LiveConfig next) { return node.reconfigure(std::move(next)); };
  parts.publish = [&node](opstack::Envelope envelope) { return node.publish(std::move(envelope)); };
  parts.publish_frame = [&node](opstack::PayloadVersion version_of, Bytes frame) {
    return node.publish_frame(version_of, std::move(frame));
  };
  return parts;
}

}  // namespace opwire::node
