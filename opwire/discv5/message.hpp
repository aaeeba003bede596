// What discv5 packets carry, once they are decrypted (devp2p, discv5-wire.md).
#pragma once

#include <variant>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::discv5 {

/// Up to 8 bytes, echoed as they are: leading zeros count.
using RequestId = Bytes;
inline constexpr std::size_t kMaxRequestId = 8;
/// Of a node to itself is 0; the others are 1 to 256.
inline constexpr std::uint64_t kMaxDistance = 256;
/// That answer a FINDNODE, all NODES together.
inline constexpr std::size_t kMaxNodesRecords = 16;

struct Ping {
  RequestId id;
  std::uint64_t record_seq = 0;
};
struct Pong {
  RequestId id;
  std::uint64_t record_seq = 0;
  Bytes ip;  ///< 4 or 16 bytes: where the PING came from
  std::uint16_t port = 0;
};
struct FindNode {
  RequestId id;
  std::vector<std::uint16_t> distances;  ///< each once; parse_message() passes over those above kMaxDistance
};
struct Nodes {
  RequestId id;
  std::uint8_t total = 0;      ///< messages that answer the request
  std::vector<Bytes> records;  ///< encoded, not yet looked at
};
struct TalkRequest {
  RequestId id;
  Bytes protocol;
  Bytes message;
};
struct TalkResponse {
  RequestId id;
  Bytes message;  ///< empty: the protocol is not spoken
};
using Message = std::variant<Ping, Pong, FindNode, Nodes, TalkRequest, TalkResponse>;

/// Errors: kUnknownMessage, kBadMessage; codec's kBadRlp.
Result<Message> parse_message(ByteView bytes);
Bytes encode_message(const Message& message);

const RequestId& request_id(const Message& message) noexcept;

}  // namespace opwire::discv5
