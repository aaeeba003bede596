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
inline constexpr ErrorKind kUnexpectedHandshake{"discv5.unexpected_handshake",
                                                "handshake answers no WHOAREYOU of ours, or comes too late"};
inline constexpr ErrorKind kTooManyHandshakes{"discv5.too_many_handshakes",
                                              "more nodes come than we shake hands with in a second"};
inline constexpr ErrorKind kNoRecord{"discv5.no_record", "handshake has no record, and we know none of the node"};
inline constexpr ErrorKind kForeignRecord{"discv5.foreign_record", "record is of another node"};
inline constexpr ErrorKind kReplayed{"discv5.replayed", "packet was here before"};
inline constexpr ErrorKind kUnexpectedChallenge{"discv5.unexpected_challenge",
                                                "WHOAREYOU is about no packet of ours that waits for an answer"};
inline constexpr ErrorKind kUnexpectedAnswer{"discv5.unexpected_answer", "message answers no request of ours"};
inline constexpr ErrorKind kUnaskedRecord{"discv5.unasked_record", "record is not at a distance that was asked for"};
inline constexpr ErrorKind kUnreachableRecord{"discv5.unreachable_record",
                                              "record is of a node that we may not, or cannot, ask"};
inline constexpr ErrorKind kOwnPacket{"discv5.own_packet", "packet is of our own id"};
inline constexpr ErrorKind kTalkTooLarge{"discv5.talk_too_large", "TALKREQ does not fit into a packet"};
inline constexpr ErrorKind kTooManyAnswers{"discv5.too_many_answers", "address asks for more than its share"};
inline constexpr ErrorKind kUnknownMessage{"discv5.unknown_message", "message is of a type that we do not speak"};
inline constexpr ErrorKind kBadMessage{"discv5.bad_message", "message is malformed"};
inline constexpr ErrorKind kBadEnode{"discv5.bad_enode", "not an enode URL"};
}  // namespace opwire::discv5::errors
