// What is known of a peer's behaviour, and its text: op-node's score record (op-node/p2p/store, iface.go and
// serialize.go), so that records of either node are read by the other.
//
//   {"lastUpdate":1700000000,"peerScores":{
//     "gossip":{"total":-1.5,"blocks":{"timeInMesh":0,"firstMessageDeliveries":0,"meshMessageDeliveries":0,
//       "invalidMessageDeliveries":0},"IPColocationFactor":0,"behavioralPenalty":0},
//     "reqResp":{"validResponses":0,"errorResponses":0,"rejectedPayloads":0}}}
//
// Numbers are written as Go writes them. Unknown fields are ignored and missing ones are 0, so the records of before
// reqResp was an object (reqRespSync) are read too.
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"

namespace opwire::opstack::reputation {

/// gossipsub's view, all topics together, as of its last snapshot.
struct GossipScores {
  struct Blocks {
    double time_in_mesh = 0;  ///< seconds
    double first_message_deliveries = 0;
    double mesh_message_deliveries = 0;
    double invalid_message_deliveries = 0;
    bool operator==(const Blocks&) const = default;
  };
  double total = 0;  ///< the one number that bans go by
  Blocks blocks;
  double ip_colocation_factor = 0;
  double behavioral_penalty = 0;
  bool operator==(const GossipScores&) const = default;
};

/// Counters of reverse sync, never negative; see AppScore.
struct ReqRespScores {
  double valid_responses = 0;
  double error_responses = 0;
  double rejected_payloads = 0;
  bool operator==(const ReqRespScores&) const = default;
};

struct PeerScores {
  GossipScores gossip;
  ReqRespScores req_resp;
  bool operator==(const PeerScores&) const = default;
};

struct ScoreRecord {
  PeerScores scores;
  WallTime last_update{};  ///< whole seconds
  bool operator==(const ScoreRecord&) const = default;
};

/// No record is longer, with room for fields that are not known here.
inline constexpr std::size_t kMaxRecordText = 4096;
/// No score is further from zero: what is computed stays inside, so that what is written can be read.
inline constexpr double kMaxScore = 1e18;
/// Unix seconds; somewhat less than what a WallTime holds.
inline constexpr std::uint64_t kMaxRecordTime = 9'000'000'000;

/// Every number inside what can be written: NaN becomes 0, and counters are at least 0.
PeerScores within_bounds(PeerScores scores) noexcept;
/// From 1970 on, and whole seconds, as times are written.
WallTime to_record_time(WallTime time) noexcept;

/// The peerScores object alone, as RPC shows it.
std::string to_json(const PeerScores& scores);
std::string to_json(const ScoreRecord& record);
/// Errors: kRecordTooLong, kRecordJson, kRecordNumber, kRecordTime.
Result<ScoreRecord> parse_score_record(std::string_view text);

}  // namespace opwire::opstack::reputation
