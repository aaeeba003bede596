// The security protocol "/noise" (libp2p specs, noise).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/p2p/noise/block_pool.hpp"
#include "opwire/p2p/noise/handshake.hpp"

namespace opwire::noise {

class Noise final : public Security {
 public:
  /// muxers: offered for early negotiation, in order of preference; may be empty. rng must outlive this.
  Noise(const crypto::PrivateKey& identity, std::vector<std::string> muxers, Rng& rng);

  std::string_view protocol() const override { return "/noise"; }
  /// Errors: those of Handshake::on_message, kEndOfStream, the stream's own.
  Task<Result<SecuredConnection>> secure(std::unique_ptr<Stream> raw, Role role,
                                         std::optional<PeerId> expected) override;

 private:
  StaticIdentity identity_;
  Rng& rng_;
  std::shared_ptr<BlockPool> pool_;
};

}  // namespace opwire::noise
