// A timed ban of a peer or an IP address, and its text: op-node's ban record ({"expiry":s,"lastUpdate":s}), to which we
// add why it was made. op-node ignores what is added, and we read its records without.
//
//   {"expiry":1700003600,"lastUpdate":1700000000,"reason":"score -101.5 is below -100","scores":{"gossip":...}}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::opstack::reputation {

inline constexpr std::size_t kMaxReason = 200;

struct Ban {
  WallTime expiry{};  ///< whole seconds; from then on it is over
  WallTime last_update{};
  std::string reason;                ///< for people; see clean_reason()
  std::optional<PeerScores> scores;  ///< those that led to it
  bool operator==(const Ban&) const = default;
};

/// At most kMaxReason characters of printable ASCII, others shown as '?': it may hold what a peer said, and goes to
/// logs.
std::string clean_reason(std::string_view text);

/// What kind of reason it is, for metrics: "score" (the monitor's), "invalid_blocks" (of strikes) or "other".
std::string_view cause_of(std::string_view reason) noexcept;

/// Of a ban whose times, reason and scores are inside their bounds.
std::string to_json(const Ban& ban);
/// The reason is cleaned. Errors: kRecordTooLong, kRecordJson, kRecordNumber, kRecordTime.
Result<Ban> parse_ban(std::string_view text);

}  // namespace opwire::opstack::reputation
