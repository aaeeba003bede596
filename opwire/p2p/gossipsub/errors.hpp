#pragma once

#include "opwire/base/error.hpp"

namespace opwire::gossipsub::errors {
inline constexpr ErrorKind kBadParameters{"gossipsub.bad_parameters", "parameters contradict each other"};
inline constexpr ErrorKind kTopicNotAllowed{"gossipsub.topic_not_allowed",
                                            "topic is empty, too long or not on the list"};
inline constexpr ErrorKind kMessageTooLarge{"gossipsub.message_too_large", "message does not fit into one RPC"};
inline constexpr ErrorKind kAlreadySeen{"gossipsub.already_seen", "a message of this id went through lately"};
inline constexpr ErrorKind kRpcTooLarge{"gossipsub.rpc_too_large", "RPC is longer than the limit",
                                        Consequence::kResetStream};
inline constexpr ErrorKind kRpcTooSlow{
    "gossipsub.rpc_too_slow", "RPC did not arrive in time, or others needed its place", Consequence::kResetStream};
inline constexpr ErrorKind kUnexpectedAuthor{"gossipsub.unexpected_author",
                                             "message carries an author, sequence number, signature or key",
                                             Consequence::kPenalise};
inline constexpr ErrorKind kUnsigned{"gossipsub.unsigned", "message carries no signature", Consequence::kPenalise};
inline constexpr ErrorKind kBadAuthor{
    "gossipsub.bad_author", "message's author or the key in it is malformed, or another's", Consequence::kPenalise};
inline constexpr ErrorKind kBadSeqno{"gossipsub.bad_seqno", "message's sequence number is not of 8 bytes",
                                     Consequence::kPenalise};
inline constexpr ErrorKind kBadMessageSignature{"gossipsub.bad_signature", "message's signature does not hold",
                                                Consequence::kPenalise};
inline constexpr ErrorKind kOwnMessage{"gossipsub.own_message", "message names ourselves as its author",
                                       Consequence::kPenalise};
inline constexpr ErrorKind kInvalidMessage{"gossipsub.invalid_message", "message was rejected by its validator",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kGraftInBackoff{"gossipsub.graft_in_backoff", "GRAFT before the back-off had passed",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kBrokenPromise{"gossipsub.broken_promise", "message was told of, asked for and not sent",
                                          Consequence::kPenalise};
}  // namespace opwire::gossipsub::errors
