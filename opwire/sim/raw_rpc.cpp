#include "opwire/sim/raw_rpc.hpp"

#include "opwire/multiformats/protobuf.hpp"

namespace opwire::sim {
namespace {

// Fields of RPC and of ControlMessage.
constexpr std::uint32_t kSubscriptions = 1, kPublish = 2, kControl = 3;
constexpr std::uint32_t kIhave = 1, kIwant = 2, kGraft = 3, kPrune = 4, kIdontwant = 5;

Bytes id_list(std::uint32_t field, const std::vector<Bytes>& ids) {
  Bytes list;
  for (const Bytes& id : ids) protobuf::Writer(list).bytes(field, id);
  return list;
}

}  // namespace

RawRpc& RawRpc::subscribe(std::string_view topic, bool on) {
  Bytes entry;
  protobuf::Writer(entry).varint(1, on ? 1 : 0).bytes(2, as_bytes(topic));
  protobuf::Writer(fields_).bytes(kSubscriptions, entry);
  return *this;
}

RawRpc& RawRpc::message(std::string_view topic, ByteView data) {
  Bytes entry;
  protobuf::Writer(entry).bytes(2, data).bytes(4, as_bytes(topic));
  return raw_message(entry);
}

RawRpc& RawRpc::raw_message(ByteView encoded) {
  protobuf::Writer(fields_).bytes(kPublish, encoded);
  return *this;
}

RawRpc& RawRpc::graft(std::string_view topic) {
  Bytes entry;
  protobuf::Writer(entry).bytes(1, as_bytes(topic));
  protobuf::Writer(control_).bytes(kGraft, entry);
  return *this;
}

RawRpc& RawRpc::prune(std::string_view topic, std::optional<std::uint64_t> backoff_seconds) {
  Bytes entry;
  protobuf::Writer(entry).bytes(1, as_bytes(topic));
  if (backoff_seconds) protobuf::Writer(entry).varint(3, *backoff_seconds);
  protobuf::Writer(control_).bytes(kPrune, entry);
  return *this;
}

RawRpc& RawRpc::ihave(std::string_view topic, const std::vector<Bytes>& ids) {
  Bytes entry;
  protobuf::Writer(entry).bytes(1, as_bytes(topic));
  const Bytes list = id_list(2, ids);
  entry.insert(entry.end(), list.begin(), list.end());
  protobuf::Writer(control_).bytes(kIhave, entry);
  return *this;
}

RawRpc& RawRpc::iwant(const std::vector<Bytes>& ids) {
  protobuf::Writer(control_).bytes(kIwant, id_list(1, ids));
  return *this;
}

RawRpc& RawRpc::idontwant(const std::vector<Bytes>& ids) {
  protobuf::Writer(control_).bytes(kIdontwant, id_list(1, ids));
  return *this;
}

Bytes RawRpc::build() const {
  Bytes rpc = fields_;
  if (!control_.empty()) protobuf::Writer(rpc).bytes(kControl, control_);
  return rpc;
}

}  // namespace opwire::sim
