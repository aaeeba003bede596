#include "opwire/opstack/reputation/ban.hpp"

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/record_json.hpp"

namespace opwire::opstack::reputation {

std::string clean_reason(std::string_view text) {
  std::string clean(text.substr(0, kMaxReason));
  for (char& letter : clean) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return clean;
}

std::string to_json(const Ban& ban) {
  std::string text = "{\"expiry\":" + std::to_string(unix_seconds(ban.expiry)) +
                     ",\"lastUpdate\":" + std::to_string(unix_seconds(ban.last_update));
  if (!ban.reason.empty()) {
    text += ",\"reason\":\"";
    for (const char letter : ban.reason) {  // printable, so these two are all that JSON wants escaped
      if (letter == '"' || letter == '\\') text += '\\';
      text += letter;
    }
    text += '"';
  }
  if (ban.scores) text += ",\"scores\":" + to_json(*ban.scores);
  return text + "}";
}

Result<Ban> parse_ban(std::string_view text) {
  OPW_TRY(const auto object, parse_record(text));
  Ban ban;
  OPW_TRY(ban.expiry, read_time(object, "expiry"));
  OPW_TRY(ban.last_update, read_time(object, "lastUpdate"));
  if (const auto* const reason = find_field(object, "reason")) {
    if (!reason->is_string()) return errors::kRecordJson;
    ban.reason = clean_reason(std::string_view(reason->get_string()));
  }
  if (const auto* const scores = find_field(object, "scores")) {
    OPW_TRY(ban.scores, read_scores(*scores));
  }
  return ban;
}

}  // namespace opwire::opstack::reputation
