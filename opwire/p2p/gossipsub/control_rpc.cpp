#include "opwire/p2p/gossipsub/control_rpc.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/rpc_fields.hpp"

namespace opwire::gossipsub {

namespace {
// Room for the control part's own header and the header of an entry that is still growing.
constexpr std::size_t kHeaders = 16;
}  // namespace

bool ControlRpc::add(Bytes& part, std::uint32_t field, ByteView entry) {
  if (!empty() && used() + protobuf::bytes_field_size(field, entry.size()) + kHeaders > budget_) return false;
  protobuf::Writer(part).bytes(field, entry);
  return true;
}

bool ControlRpc::subscription(std::string_view topic, bool subscribe) {
  Bytes entry;
  protobuf::Writer(entry)
      .varint(field::kSubscriptionSubscribe, subscribe ? 1 : 0)
      .bytes(field::kSubscriptionTopic, as_bytes(topic));
  return add(subscriptions_, field::kRpcSubscription, entry);
}

bool ControlRpc::graft(std::string_view topic) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kGraftTopic, as_bytes(topic));
  return add(control_, field::kControlGraft, entry);
}

Bytes encode_peer_info(const PeerId& peer, ByteView record) {
  Bytes encoded;
  protobuf::Writer writer(encoded);
  writer.bytes(field::kPeerInfoId, peer.bytes());
  if (!record.empty()) writer.bytes(field::kPeerInfoRecord, record);
  return encoded;
}

bool ControlRpc::prune(std::string_view topic, const PruneWord& word) {
  Bytes entry;
  protobuf::Writer writer(entry);
  writer.bytes(field::kPruneTopic, as_bytes(topic));
  for (const Bytes& peer : word.peers) writer.bytes(field::kPrunePeer, peer);
  if (word.backoff) writer.varint(field::kPruneBackoff, static_cast<std::uint64_t>(word.backoff->count()));
  return add(control_, field::kControlPrune, entry);
}

std::size_t ControlRpc::ihave(std::string_view topic, std::span<const MessageId> ids) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kIhaveTopic, as_bytes(topic));
  return add_ids(field::kControlIhave, field::kIhaveId, std::move(entry), ids);
}

std::size_t ControlRpc::iwant(std::span<const MessageId> ids) {
  return add_ids(field::kControlIwant, field::kIwantId, {}, ids);
}

std::size_t ControlRpc::idontwant(std::span<const MessageId> ids) {
  return add_ids(field::kControlIdontwant, field::kIdontwantId, {}, ids);
}

std::size_t ControlRpc::add_ids(std::uint32_t entry_field, std::uint32_t id_field, Bytes entry,
                                std::span<const MessageId> ids) {
  protobuf::Writer writer(entry);
  std::size_t taken = 0;
  for (const MessageId& id : ids) {
    const std::size_t grown = used() + entry.size() + protobuf::bytes_field_size(id_field, id.size()) + kHeaders;
    const bool must = empty() && taken == 0;
    if (!must && grown > budget_) break;
    writer.bytes(id_field, id.view());
    ++taken;
  }
  if (taken > 0) protobuf::Writer(control_).bytes(entry_field, entry);
  return taken;
}

Bytes ControlRpc::finish() const {
  Bytes rpc = subscriptions_;
  if (!control_.empty()) protobuf::Writer(rpc).bytes(field::kRpcControl, control_);
  return rpc;
}

}  // namespace opwire::gossipsub
