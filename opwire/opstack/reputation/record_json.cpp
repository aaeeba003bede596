#include "opwire/opstack/reputation/record_json.hpp"

#include <boost/json/parse.hpp>
#include <cmath>

#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

namespace json = boost::json;
constexpr std::size_t kMaxDepth = 16;

/// The fields of an object of numbers. What is missing is 0; what is wrong is remembered and asked for once.
class Fields {
 public:
  explicit Fields(const json::value* value) : fields_(value == nullptr ? nullptr : value->if_object()) {
    if (value != nullptr && fields_ == nullptr) wrong_ = &errors::kRecordJson;
  }

  const json::value* find(std::string_view key) const {
    return fields_ == nullptr ? nullptr : find_field(*fields_, key);
  }
  double number(std::string_view key, double least) {
    const json::value* const value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number()) return wrong_ = &errors::kRecordJson, 0;
    const auto number = value->to_number<double>();
    if (!std::isfinite(number) || number < least || number > kMaxScore) return wrong_ = &errors::kRecordNumber, 0;
    return number;
  }
  Result<void> check() const {
    if (wrong_ != nullptr) return *wrong_;
    return {};
  }

 private:
  const json::object* fields_;
  const ErrorKind* wrong_ = nullptr;
};

Result<GossipScores> read_gossip(const json::value* value) {
  Fields fields(value);
  Fields blocks(fields.find("blocks"));
  GossipScores gossip;
  gossip.total = fields.number("total", -kMaxScore);
  gossip.blocks.time_in_mesh = blocks.number("timeInMesh", -kMaxScore);
  gossip.blocks.first_message_deliveries = blocks.number("firstMessageDeliveries", -kMaxScore);
  gossip.blocks.mesh_message_deliveries = blocks.number("meshMessageDeliveries", -kMaxScore);
  gossip.blocks.invalid_message_deliveries = blocks.number("invalidMessageDeliveries", -kMaxScore);
  gossip.ip_colocation_factor = fields.number("IPColocationFactor", -kMaxScore);
  gossip.behavioral_penalty = fields.number("behavioralPenalty", -kMaxScore);
  OPW_TRYV(fields.check());
  OPW_TRYV(blocks.check());
  return gossip;
}

Result<ReqRespScores> read_req_resp(const json::value* value) {
  Fields fields(value);
  ReqRespScores counters;
  counters.valid_responses = fields.number("validResponses", 0);
  counters.error_responses = fields.number("errorResponses", 0);
  counters.rejected_payloads = fields.number("rejectedPayloads", 0);
  OPW_TRYV(fields.check());
  return counters;
}

}  // namespace

Result<json::object> parse_record(std::string_view text) {
  if (text.size() > kMaxRecordText) return errors::kRecordTooLong;
  json::error_code failed;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::value value = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed) return Error(errors::kRecordJson, "no JSON");
  if (!value.is_object()) return Error(errors::kRecordJson, "no object");
  return std::move(value.get_object());
}

const json::value* find_field(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<WallTime> read_time(const json::object& object, std::string_view key) {
  const json::value* const value = find_field(object, key);
  if (value == nullptr) return WallTime{};
  if (!value->is_number()) return errors::kRecordJson;
  if (value->is_double()) return errors::kRecordTime;
  if (value->is_int64() && value->get_int64() < 0) return errors::kRecordTime;
  const auto seconds = value->to_number<std::uint64_t>();
  if (seconds > kMaxRecordTime) return errors::kRecordTime;
  return from_unix_seconds(seconds);
}

Result<PeerScores> read_scores(const json::value& value) {
  const json::object* const fields = value.if_object();
  if (fields == nullptr) return errors::kRecordJson;
  PeerScores scores;
  OPW_TRY(scores.gossip, read_gossip(find_field(*fields, "gossip")));
  OPW_TRY(scores.req_resp, read_req_resp(find_field(*fields, "reqResp")));
  return scores;
}

}  // namespace opwire::opstack::reputation
