#include "opwire/p2p/gossipsub/frame.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/rpc_fields.hpp"

namespace opwire::gossipsub {
namespace {

std::size_t message_size(std::string_view topic, std::size_t data_size) noexcept {
  return protobuf::bytes_field_size(field::kMessageData, data_size) +
         protobuf::bytes_field_size(field::kMessageTopic, topic.size());
}

}  // namespace

std::size_t message_rpc_size(std::string_view topic, std::size_t data_size) noexcept {
  return protobuf::bytes_field_size(field::kRpcMessage, message_size(topic, data_size));
}

Frame make_message_frame(std::string_view topic, Buffer data) {
  Bytes around;
  around.reserve(64 + topic.size());
  multiformats::append_varint(around, message_rpc_size(topic, data.size()));
  protobuf::Writer writer(around);
  writer.bytes_header(field::kRpcMessage, message_size(topic, data.size()));
  writer.bytes_header(field::kMessageData, data.size());
  const std::size_t head_size = around.size();
  writer.bytes(field::kMessageTopic, as_bytes(topic));

  Buffer tail = Buffer::copy_of(around);
  Buffer head = tail.take_front(head_size);
  return {std::move(head), std::move(data), std::move(tail)};
}

Frame make_frame(ByteView rpc) {
  ByteArray<multiformats::kMaxVarintSize> prefix;
  const std::size_t prefix_size = multiformats::write_varint(rpc.size(), prefix.data());
  Buffer head = Buffer::uninitialized(prefix_size + rpc.size());
  std::memcpy(head.writable().data(), prefix.data(), prefix_size);
  if (!rpc.empty()) std::memcpy(head.writable().data() + prefix_size, rpc.data(), rpc.size());
  return {std::move(head), {}, {}};
}

}  // namespace opwire::gossipsub
