#include "opwire/opstack/reputation/peer_scores.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "opwire/opstack/reputation/own_form.hpp"
#include "opwire/opstack/reputation/record_json.hpp"

namespace opwire::opstack::reputation {
namespace {

double bounded(double value, double least) noexcept {
  return std::isnan(value) ? 0 : std::clamp(value, least, kMaxScore) + 0.0;  // no negative zero
}

/// As Go's encoding/json: the shortest digits that say the same number, with an exponent only below 1e-6 (and from
/// 1e21 on, where no score is), and that one without a zero in front.
void append_number(std::string& text, double value) {
  char digits[64];
  const bool tiny = value != 0 && std::abs(value) < 1e-6;
  const auto format = tiny ? std::chars_format::scientific : std::chars_format::fixed;
  std::string_view written(digits, std::to_chars(digits, digits + sizeof(digits), value, format).ptr);
  if (tiny && written.substr(written.size() - 4).starts_with("e-0")) {
    text.append(written.substr(0, written.size() - 2)) += written.back();
  } else {
    text.append(written);
  }
}

void append_field(std::string& text, std::string_view name, double value) {
  if (text.back() != '{') text += ',';
  text.append("\"").append(name).append("\":");
  append_number(text, value);
}

std::optional<ScoreRecord> read_own(std::string_view text) noexcept {
  ScoreRecord record;
  OwnForm form(text);
  const bool is_own = form.literal("{\"lastUpdate\":") && form.time(record.last_update) &&
                      form.literal(",\"peerScores\":") && form.scores(record.scores) && form.literal("}") &&
                      form.done();
  return is_own ? std::optional(record) : std::nullopt;
}

}  // namespace

PeerScores within_bounds(PeerScores scores) noexcept {
  GossipScores& gossip = scores.gossip;
  for (double* value : {&gossip.total, &gossip.blocks.time_in_mesh, &gossip.blocks.first_message_deliveries,
                        &gossip.blocks.mesh_message_deliveries, &gossip.blocks.invalid_message_deliveries,
                        &gossip.ip_colocation_factor, &gossip.behavioral_penalty}) {
    *value = bounded(*value, -kMaxScore);
  }
  ReqRespScores& counters = scores.req_resp;
  for (double* value : {&counters.valid_responses, &counters.error_responses, &counters.rejected_payloads}) {
    *value = bounded(*value, 0);
  }
  return scores;
}

WallTime to_record_time(WallTime time) noexcept {
  return std::clamp(WallTime(std::chrono::floor<std::chrono::seconds>(time)), WallTime{},
                    from_unix_seconds(kMaxRecordTime));
}

std::string to_json(const PeerScores& scores) {
  const GossipScores& gossip = scores.gossip;
  std::string text = "{\"gossip\":{";
  append_field(text, "total", gossip.total);
  text += ",\"blocks\":{";
  append_field(text, "timeInMesh", gossip.blocks.time_in_mesh);
  append_field(text, "firstMessageDeliveries", gossip.blocks.first_message_deliveries);
  append_field(text, "meshMessageDeliveries", gossip.blocks.mesh_message_deliveries);
  append_field(text, "invalidMessageDeliveries", gossip.blocks.invalid_message_deliveries);
  text += '}';
  append_field(text, "IPColocationFactor", gossip.ip_colocation_factor);
  append_field(text, "behavioralPenalty", gossip.behavioral_penalty);
  text += "},\"reqResp\":{";
  append_field(text, "validResponses", scores.req_resp.valid_responses);
  append_field(text, "errorResponses", scores.req_resp.error_responses);
  append_field(text, "rejectedPayloads", scores.req_resp.rejected_payloads);
  return text + "}}";
}

std::string to_json(const ScoreRecord& record) {
  return "{\"lastUpdate\":" + std::to_string(unix_seconds(record.last_update)) +
         ",\"peerScores\":" + to_json(record.scores) + "}";
}

Result<ScoreRecord> parse_score_record(std::string_view text) {
  if (auto own = read_own(text)) return *own;
  ScoreRecord record;
  bool has_scores = false;
  RecordReader reader;
  reader.time("/lastUpdate", record.last_update);
  reader.scores("/peerScores", record.scores, has_scores);
  OPW_TRYV(reader.read(text));
  return record;
}

}  // namespace opwire::opstack::reputation
