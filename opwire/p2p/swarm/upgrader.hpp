// From a raw connection to a secured, multiplexed one: multistream agrees on a security protocol, that proves who the
// peer is, then a muxer is agreed on (early, inside the security handshake, or by multistream again).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opwire/p2p/core/gater.hpp"
#include "opwire/p2p/core/upgrade.hpp"

namespace opwire::swarm {

struct Upgraded {
  std::unique_ptr<MuxedConnection> muxed;
  Stream* raw;  ///< inside muxed: resetting it ends everything at once
  Role role;
  PeerId peer;
  crypto::PublicKey key;
  std::string security;
  std::string muxer;
  Multiaddr local;
  Multiaddr remote;
};

class Upgrader {
 public:
  /// At least one of each, in order of preference. gater may be null.
  Upgrader(Loop& loop, std::vector<std::unique_ptr<Security>> securities, std::vector<std::unique_ptr<Muxer>> muxers,
           ConnectionGater* gater);

  /// Ends by the deadline, at whatever stage the other side stalls. The raw stream exists for as long as this runs.
  /// expected: the peer that was dialled. Errors: kTimeout, kNoCommonProtocol, kGated, those of multistream, of the
  /// security protocol and of the stream.
  Task<Result<Upgraded>> upgrade(RawConnection raw, Role role, std::optional<PeerId> expected, TimePoint deadline);

 private:
  Task<Result<Upgraded>> upgrade_stages(RawConnection raw, Role role, std::optional<PeerId> expected);
  Task<Result<SecuredConnection>> secure(RawConnection& raw, Role role, std::optional<PeerId> expected,
                                         std::string& chosen);
  Task<Result<Muxer*>> choose_muxer(SecuredConnection& secured, Role role);

  Loop& loop_;
  const std::vector<std::unique_ptr<Security>> securities_;
  const std::vector<std::unique_ptr<Muxer>> muxers_;
  ConnectionGater* const gater_;
};

}  // namespace opwire::swarm
