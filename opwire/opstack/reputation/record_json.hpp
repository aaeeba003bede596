// The parts that both kinds of record have in common. Private to this library.
#pragma once

#include <boost/json/value.hpp>

#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::opstack::reputation {

/// An object, nested no deeper than records are. Errors: kRecordTooLong, kRecordJson.
Result<boost::json::object> parse_record(std::string_view text);
/// Null where there is none, or null.
const boost::json::value* find_field(const boost::json::object& object, std::string_view key);
/// Unix seconds; 1970 where there are none. Errors: kRecordJson, kRecordTime.
Result<WallTime> read_time(const boost::json::object& object, std::string_view key);
/// Errors: kRecordJson, kRecordNumber.
Result<PeerScores> read_scores(const boost::json::value& value);

}  // namespace opwire::opstack::reputation
