#pragma once

#include "opwire/base/error.hpp"

namespace opwire::discv5::errors {
inline constexpr ErrorKind kRecordTooLarge{"discv5.record_too_large", "node record is longer than 300 bytes"};
inline constexpr ErrorKind kBadRecord{"discv5.bad_record", "node record is malformed"};
inline constexpr ErrorKind kRecordKeys{"discv5.record_keys",
                                       "node record's keys are not in order, or one is twice there"};
inline constexpr ErrorKind kUnknownScheme{"discv5.unknown_scheme",
                                          "node record is of an identity scheme other than v4"};
inline constexpr ErrorKind kRecordSignature{"discv5.record_signature", "node record's signature does not hold"};
inline constexpr ErrorKind kBadRecordText{"discv5.bad_record_text", "not \"enr:\" and base64url"};
inline constexpr ErrorKind kPacketSize{"discv5.packet_size", "packet has not 63 to 1280 bytes"};
inline constexpr ErrorKind kBadPacket{"discv5.bad_packet", "packet is malformed"};
inline constexpr ErrorKind kUnknownMessage{"discv5.unknown_message", "message is of a type that we do not speak"};
inline constexpr ErrorKind kBadMessage{"discv5.bad_message", "message is malformed"};
inline constexpr ErrorKind kBadEnode{"discv5.bad_enode", "not an enode URL"};
}  // namespace opwire::discv5::errors
