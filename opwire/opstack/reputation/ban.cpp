#include "opwire/opstack/reputation/ban.hpp"

#include "opwire/opstack/reputation/own_form.hpp"
#include "opwire/opstack/reputation/record_json.hpp"

namespace opwire::opstack::reputation {
namespace {

std::optional<Ban> read_own(std::string_view text) {
  Ban ban;
  OwnForm form(text);
  if (!form.literal("{\"expiry\":") || !form.time(ban.expiry)) return std::nullopt;
  if (!form.literal(",\"lastUpdate\":") || !form.time(ban.last_update)) return std::nullopt;
  const bool has_reason = form.literal(",\"reason\":\"");
  if (has_reason && (!form.plain_text(ban.reason) || !form.literal("\""))) return std::nullopt;
  ban.reason = clean_reason(ban.reason);
  if (form.literal(",\"scores\":") && !form.scores(ban.scores.emplace())) return std::nullopt;
  return form.literal("}") && form.done() ? std::optional(std::move(ban)) : std::nullopt;
}

}  // namespace

std::string clean_reason(std::string_view text) {
  std::string clean(text.substr(0, kMaxReason));
  for (char& letter : clean) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return clean;
}

std::string_view cause_of(std::string_view reason) noexcept {
  if (reason.starts_with("score ")) return "score";
  return reason.find(" invalid blocks within ") != std::string_view::npos ? "invalid_blocks" : "other";
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
  if (auto own = read_own(text)) return std::move(*own);
  Ban ban;
  PeerScores scores;
  bool has_scores = false;
  RecordReader reader;
  reader.time("/expiry", ban.expiry);
  reader.time("/lastUpdate", ban.last_update);
  reader.text("/reason", ban.reason);
  reader.scores("/scores", scores, has_scores);
  OPW_TRYV(reader.read(text));
  ban.reason = clean_reason(ban.reason);
  if (has_scores) ban.scores = scores;
  return ban;
}

}  // namespace opwire::opstack::reputation
