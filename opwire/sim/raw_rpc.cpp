#include "opwire/sim/raw_rpc.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/rpc_fields.hpp"

namespace opwire::sim {
namespace {

namespace field = gossipsub::field;

Bytes id_list(std::uint32_t field, const std::vector<Bytes>& ids) {
  Bytes list;
  for (const Bytes& id : ids) protobuf::Writer(list).bytes(field, id);
  return list;
}

}  // namespace

RawRpc& RawRpc::subscribe(std::string_view topic, bool on) {
  Bytes entry;
  protobuf::Writer(entry)
      .varint(field::kSubscriptionSubscribe, on ? 1 : 0)
      .bytes(field::kSubscriptionTopic, as_bytes(topic));
  protobuf::Writer(fields_).bytes(field::kRpcSubscription, entry);
  return *this;
}

RawRpc& RawRpc::message(std::string_view topic, ByteView data) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kMessageData, data).bytes(field::kMessageTopic, as_bytes(topic));
  return raw_message(entry);
}

RawRpc& RawRpc::raw_message(ByteView encoded) {
  protobuf::Writer(fields_).bytes(field::kRpcMessage, encoded);
  return *this;
}

RawRpc& RawRpc::graft(std::string_view topic) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kGraftTopic, as_bytes(topic));
  protobuf::Writer(control_).bytes(field::kControlGraft, entry);
  return *this;
}

RawRpc& RawRpc::prune(std::string_view topic, std::optional<std::uint64_t> backoff_seconds) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kPruneTopic, as_bytes(topic));
  if (backoff_seconds) protobuf::Writer(entry).varint(field::kPruneBackoff, *backoff_seconds);
  protobuf::Writer(control_).bytes(field::kControlPrune, entry);
  return *this;
}

RawRpc& RawRpc::ihave(std::string_view topic, const std::vector<Bytes>& ids) {
  Bytes entry;
  protobuf::Writer(entry).bytes(field::kIhaveTopic, as_bytes(topic));
  const Bytes list = id_list(field::kIhaveId, ids);
  entry.insert(entry.end(), list.begin(), list.end());
  protobuf::Writer(control_).bytes(field::kControlIhave, entry);
  return *this;
}

RawRpc& RawRpc::iwant(const std::vector<Bytes>& ids) {
  protobuf::Writer(control_).bytes(field::kControlIwant, id_list(field::kIwantId, ids));
  return *this;
}

RawRpc& RawRpc::idontwant(const std::vector<Bytes>& ids) {
  protobuf::Writer(control_).bytes(field::kControlIdontwant, id_list(field::kIdontwantId, ids));
  return *this;
}

Bytes RawRpc::build() const {
  Bytes rpc = fields_;
  if (!control_.empty()) protobuf::Writer(rpc).bytes(field::kRpcControl, control_);
  return rpc;
}

}  // namespace opwire::sim
