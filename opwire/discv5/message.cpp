#include "opwire/discv5/message.hpp"

#include <bitset>

#include "opwire/codec/rlp.hpp"
#include "opwire/codec/rlp_reader.hpp"
#include "opwire/discv5/errors.hpp"

namespace opwire::discv5 {
namespace {

namespace rlp = codec::rlp;

enum Type : std::uint8_t { kPing = 1, kPong, kFindNode, kNodes, kTalkRequest, kTalkResponse };

Error bad(const char* what) {
  return Error(errors::kBadMessage, what);
}

Result<Message> parse_pong(RequestId id, rlp::Reader& items) {
  Pong pong{std::move(id)};
  OPW_TRY(pong.record_seq, items.uint());
  OPW_TRY(const ByteView ip, items.bytes());
  if (ip.size() != 4 && ip.size() != 16) return bad("address of a PONG has neither 4 nor 16 bytes");
  OPW_TRY(const std::uint64_t port, items.uint());
  if (port > UINT16_MAX) return bad("port of a PONG is above 65535");
  pong.ip = to_bytes(ip);
  pong.port = static_cast<std::uint16_t>(port);
  return Message(std::move(pong));
}

Result<Message> parse_find_node(RequestId id, rlp::Reader& items) {
  FindNode request{std::move(id)};
  OPW_TRY(rlp::Reader distances, items.list());
  std::bitset<kMaxDistance + 1> seen;
  while (!distances.empty()) {
    OPW_TRY(const std::uint64_t distance, distances.uint());
    if (distance > kMaxDistance || seen[distance]) continue;
    seen.set(distance);
    request.distances.push_back(static_cast<std::uint16_t>(distance));
  }
  return Message(std::move(request));
}

Result<Message> parse_nodes(RequestId id, rlp::Reader& items) {
  Nodes nodes{std::move(id)};
  OPW_TRY(const std::uint64_t total, items.uint());
  if (total > UINT8_MAX) return bad("NODES of more than 255 messages");
  nodes.total = static_cast<std::uint8_t>(total);
  OPW_TRY(rlp::Reader records, items.list());
  while (!records.empty()) {
    OPW_TRY(const ByteView record, records.encoded());
    nodes.records.push_back(to_bytes(record));
  }
  return Message(std::move(nodes));
}

Result<Message> parse_talk_request(RequestId id, rlp::Reader& items) {
  OPW_TRY(const ByteView protocol, items.bytes());
  OPW_TRY(const ByteView message, items.bytes());
  return Message(TalkRequest{std::move(id), to_bytes(protocol), to_bytes(message)});
}

Result<Message> parse_body(std::uint8_t type, RequestId id, rlp::Reader& items) {
  switch (type) {
    case kPing: {
      OPW_TRY(const std::uint64_t seq, items.uint());
      return Message(Ping{std::move(id), seq});
    }
    case kPong:
      return parse_pong(std::move(id), items);
    case kFindNode:
      return parse_find_node(std::move(id), items);
    case kNodes:
      return parse_nodes(std::move(id), items);
    case kTalkRequest:
      return parse_talk_request(std::move(id), items);
    case kTalkResponse: {
      OPW_TRY(const ByteView message, items.bytes());
      return Message(TalkResponse{std::move(id), to_bytes(message)});
    }
    default:
      return errors::kUnknownMessage;
  }
}

/// Appends what follows the request id, and returns the type.
struct BodyWriter {
  Bytes& out;

  Type operator()(const Ping& ping) const {
    rlp::append_uint(out, ping.record_seq);
    return kPing;
  }
  Type operator()(const Pong& pong) const {
    rlp::append_uint(out, pong.record_seq);
    rlp::append_bytes(out, pong.ip);
    rlp::append_uint(out, pong.port);
    return kPong;
  }
  Type operator()(const FindNode& request) const {
    const std::size_t start = out.size();
    for (const std::uint16_t distance : request.distances) rlp::append_uint(out, distance);
    rlp::wrap_list(out, start);
    return kFindNode;
  }
  Type operator()(const Nodes& nodes) const {
    rlp::append_uint(out, nodes.total);
    const std::size_t start = out.size();
    for (const Bytes& record : nodes.records) out.insert(out.end(), record.begin(), record.end());
    rlp::wrap_list(out, start);
    return kNodes;
  }
  Type operator()(const TalkRequest& request) const {
    rlp::append_bytes(out, request.protocol);
    rlp::append_bytes(out, request.message);
    return kTalkRequest;
  }
  Type operator()(const TalkResponse& response) const {
    rlp::append_bytes(out, response.message);
    return kTalkResponse;
  }
};

}  // namespace

Result<Message> parse_message(ByteView bytes) {
  if (bytes.empty()) return bad("it is empty");
  OPW_TRY(rlp::Reader items, rlp::read_list(bytes.subspan(1)));
  OPW_TRY(const ByteView id, items.bytes());
  if (id.size() > kMaxRequestId) return bad("request id has more than 8 bytes");
  OPW_TRY(Message message, parse_body(bytes[0], to_bytes(id), items));
  if (!items.empty()) return bad("more items than the message has");
  return message;
}

Bytes encode_message(const Message& message) {
  Bytes out;
  rlp::append_bytes(out, request_id(message));
  const Type type = std::visit(BodyWriter{out}, message);
  rlp::wrap_list(out, 0);
  out.insert(out.begin(), type);
  return out;
}

const RequestId& request_id(const Message& message) noexcept {
  return *std::visit([](const auto& one) { return &one.id; }, message);
}

}  // namespace opwire::discv5
