#include "opwire/opstack/reputation/strikes.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/opstack/gossip/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

std::string reason_for(std::size_t strikes, Duration window, const ErrorKind& last) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(window).count();
  return std::to_string(strikes) + " invalid blocks within " + std::to_string(seconds) + " s, the last: " + last.text;
}

}  // namespace

Strikes::Strikes(StrikesOptions options) : options_(options), peers_(options.max_peers) {
  OPW_CHECK(options_.limit > 0);
}

bool Strikes::counts(const ErrorKind& why) noexcept {
  const Error error(why);
  return error.is(crypto::errors::kBadSignature) || error.is(opstack::errors::kWrongSigner) ||
         error.name().starts_with("payload.");
}

std::optional<std::string> Strikes::on_refused(const PeerId& peer, const ErrorKind& why, TimePoint now) {
  if (!counts(why)) return std::nullopt;
  std::vector<Strike>& strikes = peers_[peer];
  std::erase_if(strikes, [&](const Strike& strike) { return now - strike.when > options_.window; });
  if (strikes.size() == options_.limit) strikes.erase(strikes.begin());
  strikes.push_back({now, !Error(why).is(opstack::errors::kWrongSigner)});
  if (!is_enough(strikes)) return std::nullopt;
  peers_.erase(peer);
  return reason_for(options_.limit, options_.window, why);
}

bool Strikes::is_enough(const std::vector<Strike>& strikes) const noexcept {
  if (strikes.size() < options_.limit) return false;
  return accepted_ >= strikes.front().when || std::ranges::all_of(strikes, &Strike::certain);
}

}  // namespace opwire::opstack::reputation
