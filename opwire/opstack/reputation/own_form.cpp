#include "opwire/opstack/reputation/own_form.hpp"

#include <charconv>

namespace opwire::opstack::reputation {
namespace {

bool is_digit(char letter) noexcept {
  return letter >= '0' && letter <= '9';
}

/// How many digits text begins with.
std::size_t count_digits(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// The size of the number at the beginning, as JSON has them; 0: none. No exponents but negative ones: there are none
/// among what is written.
std::size_t number_size(std::string_view text) noexcept {
  std::size_t size = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = count_digits(text.substr(size));
  if (whole == 0 || (whole > 1 && text[size] == '0')) return 0;
  size += whole;
  if (size < text.size() && text[size] == '.') {
    const std::size_t fraction = count_digits(text.substr(size + 1));
    if (fraction == 0) return 0;
    size += 1 + fraction;
  }
  if (!text.substr(size).starts_with("e-")) return size;
  const std::size_t exponent = count_digits(text.substr(size + 2));
  return exponent == 0 ? 0 : size + 2 + exponent;
}

}  // namespace

bool OwnForm::number(double& into, double least) noexcept {
  const std::size_t size = number_size(rest_);
  double value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + size, value);
  if (size == 0 || error != std::errc() || end != rest_.data() + size) return false;
  if (value < least || value > kMaxScore) return false;
  into = value + 0.0;  // no negative zero
  rest_.remove_prefix(size);
  return true;
}

bool OwnForm::time(WallTime& into) noexcept {
  constexpr std::size_t kMostDigits = 10;
  const std::size_t size = count_digits(rest_);
  if (size == 0 || size > kMostDigits || (size > 1 && rest_.front() == '0')) return false;
  std::uint64_t seconds = 0;
  std::from_chars(rest_.data(), rest_.data() + size, seconds);
  if (seconds > kMaxRecordTime) return false;
  into = from_unix_seconds(seconds);
  rest_.remove_prefix(size);
  return true;
}

bool OwnForm::plain_text(std::string& into) {
  std::size_t size = 0;
  while (size < rest_.size() && rest_[size] >= ' ' && rest_[size] <= '~' && rest_[size] != '"' && rest_[size] != '\\') {
    ++size;
  }
  into = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool OwnForm::scores(PeerScores& into) noexcept {
  GossipScores& gossip = into.gossip;
  ReqRespScores& counters = into.req_resp;
  const struct {
    std::string_view before;
    double* value;
    double least;
  } fields[] = {
      {"{\"gossip\":{\"total\":", &gossip.total, -kMaxScore},
      {",\"blocks\":{\"timeInMesh\":", &gossip.blocks.time_in_mesh, -kMaxScore},
      {",\"firstMessageDeliveries\":", &gossip.blocks.first_message_deliveries, -kMaxScore},
      {",\"meshMessageDeliveries\":", &gossip.blocks.mesh_message_deliveries, -kMaxScore},
      {",\"invalidMessageDeliveries\":", &gossip.blocks.invalid_message_deliveries, -kMaxScore},
      {"},\"IPColocationFactor\":", &gossip.ip_colocation_factor, -kMaxScore},
      {",\"behavioralPenalty\":", &gossip.behavioral_penalty, -kMaxScore},
      {"},\"reqResp\":{\"validResponses\":", &counters.valid_responses, 0},
      {",\"errorResponses\":", &counters.error_responses, 0},
      {",\"rejectedPayloads\":", &counters.rejected_payloads, 0},
  };
  for (const auto& field : fields) {
    if (!literal(field.before) || !number(*field.value, field.least)) return false;
  }
  return literal("}}");
}

}  // namespace opwire::opstack::reputation
