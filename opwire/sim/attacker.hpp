// A peer that speaks gossipsub by hand: a real host beneath, and no router above it. What it sends is up to the
// scenario, rule or no rule; what honest peers send it, it is told.
//
//   Attacker attacker(world, StationOptions(900));
//   attacker.start();
//   world.loop().run(attacker.connect(victim.address()));
//   attacker.send(victim.id(), RawRpc().subscribe(topic).graft(topic));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "opwire/p2p/gossipsub/rpc.hpp"
#include "opwire/runtime/mailbox.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/sim/raw_rpc.hpp"
#include "opwire/sim/station.hpp"

namespace opwire::sim {

/// Must be stopped before it is destroyed.
class Attacker {
 public:
  /// Views into bytes that live for the call only. It may send from inside.
  using OnRpc = std::function<void(const PeerId& peer, const gossipsub::RpcView& rpc)>;

  Attacker(World& world, const StationOptions& options, std::string protocol = "/meshsub/1.2.0");

  void start();
  Task<void> stop();
  void set_on_rpc(OnRpc on_rpc) { on_rpc_ = std::move(on_rpc); }

  /// Dials a victim (address ends in /p2p/ID) and opens the stream that send() writes to. Errors: Host's.
  Task<Result<void>> connect(Multiaddr address);
  /// The same with a peer that has connected to us.
  Task<Result<void>> open(PeerId peer);
  /// False when there is no stream to that peer, any more or yet, or it takes too little.
  bool send(const PeerId& peer, const RawRpc& rpc) { return send_bytes(peer, rpc.build()); }
  /// Anything, behind a length prefix.
  bool send_bytes(const PeerId& peer, ByteView rpc);
  /// Those with an open stream of ours.
  std::vector<PeerId> victims() const;

  Station& station() noexcept { return station_; }
  std::uint64_t rpcs_received() const noexcept { return rpcs_received_; }

 private:
  using Queue = std::shared_ptr<Mailbox<Bytes>>;

  Task<void> serve(PeerStream stream);
  Task<void> write_all(PeerStream stream, Queue queue);

  Station station_;
  const std::string protocol_;
  OnRpc on_rpc_;
  std::map<PeerId, Queue> victims_;
  std::uint64_t rpcs_received_ = 0;
  std::optional<Scope> tasks_;
};

}  // namespace opwire::sim
