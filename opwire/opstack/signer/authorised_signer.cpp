#include "opwire/opstack/signer/authorised_signer.hpp"

namespace opwire::opstack {

std::optional<Address> AuthorisedSigner::previous(WallTime now) const noexcept {
  return now < grace_ends_ ? previous_ : std::nullopt;
}

AuthorisedSigner::Match AuthorisedSigner::match(const Address& signer, WallTime now) const noexcept {
  if (current_.is_zero()) return Match::kNoneConfigured;
  if (signer == current_) return Match::kCurrent;
  return signer == previous(now) ? Match::kPrevious : Match::kUnknown;
}

void AuthorisedSigner::rotate(const Address& current, WallTime now) noexcept {
  if (current == current_) return;
  if (!current_.is_zero()) {
    previous_ = current_;
    grace_ends_ = now + kGrace;
  }
  current_ = current;
}

}  // namespace opwire::opstack
