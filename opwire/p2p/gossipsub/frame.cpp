#include "opwire/p2p/gossipsub/frame.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/authorship.hpp"
#include "opwire/p2p/gossipsub/rpc_fields.hpp"

namespace opwire::gossipsub {
namespace {

std::size_t size_unless_empty(std::uint32_t field, const Bytes& value) noexcept {
  return value.empty() ? 0 : protobuf::bytes_field_size(field, value.size());
}

void write_unless_empty(protobuf::Writer& writer, std::uint32_t field, const Bytes& value) {
  if (!value.empty()) writer.bytes(field, value);
}

std::size_t message_size(std::string_view topic, std::size_t data_size, const Authorship& author) noexcept {
  return size_unless_empty(field::kMessageFrom, author.from) +
         protobuf::bytes_field_size(field::kMessageData, data_size) +
         size_unless_empty(field::kMessageSeqno, author.seqno) +
         protobuf::bytes_field_size(field::kMessageTopic, topic.size()) +
         size_unless_empty(field::kMessageSignature, author.signature) +
         size_unless_empty(field::kMessageKey, author.key);
}

void write_before_data(protobuf::Writer& writer, std::size_t data_size, const Authorship& author) {
  write_unless_empty(writer, field::kMessageFrom, author.from);
  writer.bytes_header(field::kMessageData, data_size);
}

void write_after_data(protobuf::Writer& writer, std::string_view topic, const Authorship& author) {
  write_unless_empty(writer, field::kMessageSeqno, author.seqno);
  writer.bytes(field::kMessageTopic, as_bytes(topic));
  write_unless_empty(writer, field::kMessageSignature, author.signature);
  write_unless_empty(writer, field::kMessageKey, author.key);
}

const Authorship& or_nobody(const Authorship* author) noexcept {
  static const Authorship kNobody;
  return author != nullptr ? *author : kNobody;
}

}  // namespace

void append_message_fields(Bytes& out, std::string_view topic, ByteView data, const Authorship& author) {
  protobuf::Writer writer(out);
  write_before_data(writer, data.size(), author);
  out.insert(out.end(), data.begin(), data.end());
  write_after_data(writer, topic, author);
}

std::size_t message_rpc_size(std::string_view topic, std::size_t data_size, const Authorship* author) noexcept {
  return protobuf::bytes_field_size(field::kRpcMessage, message_size(topic, data_size, or_nobody(author)));
}

Frame make_message_frame(std::string_view topic, Buffer data, const Authorship* author) {
  const Authorship& fields = or_nobody(author);
  const std::size_t size = message_size(topic, data.size(), fields);
  Bytes around;
  around.reserve(32 + size - data.size());
  multiformats::append_varint(around, protobuf::bytes_field_size(field::kRpcMessage, size));
  protobuf::Writer writer(around);
  writer.bytes_header(field::kRpcMessage, size);
  write_before_data(writer, data.size(), fields);
  const std::size_t head_size = around.size();
  write_after_data(writer, topic, fields);

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
