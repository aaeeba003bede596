#pragma once

#include "opwire/base/error.hpp"

// Why a record of the reputation books is not taken: from the disk, a file that is imported, or the operator.
namespace opwire::opstack::reputation::errors {
inline constexpr ErrorKind kRecordTooLong{"reputation.record_too_long", "record is longer than any that is written"};
inline constexpr ErrorKind kRecordJson{"reputation.record_json", "record is not JSON of the form that is written"};
inline constexpr ErrorKind kRecordNumber{"reputation.record_number", "a number of the record is out of all bounds"};
inline constexpr ErrorKind kRecordTime{"reputation.record_time", "a time of the record is out of all bounds"};
inline constexpr ErrorKind kRecordKey{"reputation.record_key", "record stands under a key that is none of its kind"};
inline constexpr ErrorKind kNoIp{"reputation.no_ip", "not an IP address"};
inline constexpr ErrorKind kBlocksFull{"reputation.blocks_full", "no more can be blocked"};
}  // namespace opwire::opstack::reputation::errors
