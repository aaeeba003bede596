#pragma once

#include "opwire/base/error.hpp"

// Why a payload_by_number exchange failed, beside what snappy (codec) and SSZ (payload) name. kPenalise counts against
// the peer that answered.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kNotFound{"sync.not_found", "the peer does not have this payload"};
inline constexpr ErrorKind kInvalidRequest{"sync.invalid_request", "the peer calls the request invalid",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kServerFailed{"sync.server_failed", "the peer could not serve the request",
                                         Consequence::kPenalise};
inline constexpr ErrorKind kUnknownCode{"sync.unknown_code", "answer begins with a code that does not exist",
                                        Consequence::kPenalise};
inline constexpr ErrorKind kUnknownVersion{"sync.unknown_version", "answer is of a version that does not exist",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kAnswerTooShort{"sync.answer_too_short", "answer ends before its payload begins",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kWrongVersionForTime{
    "sync.wrong_version_for_time", "answer has another layout than a block of this time", Consequence::kPenalise};
inline constexpr ErrorKind kOtherBlock{"sync.other_block", "answer is a block of another height",
                                       Consequence::kPenalise};
inline constexpr ErrorKind kNotLinked{"sync.not_linked", "block is not the parent of the one above it",
                                      Consequence::kPenalise};
inline constexpr ErrorKind kNoSuchNumber{"sync.no_such_number", "no block of that number can exist"};
inline constexpr ErrorKind kTopDisputed{"sync.top_disputed",
                                        "every peer that answers has another block than the hash of the last one says"};
inline constexpr ErrorKind kBusy{"sync.busy", "another range is being fetched"};
inline constexpr ErrorKind kSyncDisabled{"sync.disabled", "payloads are neither served nor asked for"};
}  // namespace opwire::opstack::errors
