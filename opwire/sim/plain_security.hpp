// /plaintext/2.0.0: both sides name their key and nothing is proved (libp2p specs, plaintext). Simulations of hundreds
// of hosts do without cryptography; nothing else may.
#pragma once

#include "opwire/p2p/core/upgrade.hpp"

namespace opwire::sim {

class PlainSecurity final : public Security {
 public:
  explicit PlainSecurity(const crypto::PublicKey& own);

  std::string_view protocol() const override { return "/plaintext/2.0.0"; }
  /// Errors: kWrongPeer; kBadExchange; kExchangeTooLarge; the stream's own.
  Task<Result<SecuredConnection>> secure(std::unique_ptr<Stream> raw, Role role,
                                         std::optional<PeerId> expected) override;

 private:
  Bytes exchange_;  // what we send, with its length
};

}  // namespace opwire::sim
