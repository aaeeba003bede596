// A libp2p host on a simulated machine of its own: the same identity and address each time it is started.
#pragma once

#include "opwire/p2p/host/host.hpp"
#include "opwire/sim/world.hpp"

namespace opwire::sim {

struct StationOptions {
  StationOptions() = default;
  /// 10.0.0.1 for number 0, and so on; set ip to share one with others.
  explicit StationOptions(std::uint32_t which);

  std::uint32_t number = 0;  ///< tells stations of a world apart; its key comes from it
  ByteArray<4> ip{10, 0, 0, 1};
  std::uint16_t port = 9000;
  Bandwidth bandwidth;
  std::string agent = "opwire-sim";
  swarm::SwarmOptions swarm;
  ConnectionGater* gater = nullptr;  ///< outlives the station
  PeerEvents* events = nullptr;      ///< outlives the station
};

/// Must be shut down before it is destroyed.
class Station {
 public:
  Station(World& world, const StationOptions& options);

  /// Listens from now on.
  void start();
  /// It is cut off from the network at once; its host still runs and notices. shut_down() must follow.
  void unplug(Loss how) { world_.internet().crash(machine_, how); }
  /// Closes the host: politely, where it was not unplugged.
  Task<void> shut_down();

  bool running() const noexcept { return host_ != nullptr; }
  /// While it runs.
  Host& host() noexcept { return *host_; }
  World& world() noexcept { return world_; }
  Rng& rng() noexcept { return rng_; }
  MachineId machine() const noexcept { return machine_; }
  const PeerId& id() const noexcept { return id_; }
  /// With /p2p/ID.
  const Multiaddr& address() const noexcept { return address_; }

 private:
  World& world_;
  const StationOptions options_;
  SeededRng rng_;
  const crypto::PrivateKey key_;
  const PeerId id_;
  const MachineId machine_;
  const Multiaddr address_;
  std::unique_ptr<Host> host_;
};

}  // namespace opwire::sim
