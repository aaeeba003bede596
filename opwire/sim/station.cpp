#include "opwire/sim/station.hpp"

#include "opwire/sim/plain_security.hpp"

namespace opwire::sim {

StationOptions::StationOptions(std::uint32_t which) : number(which) {
  store_be<std::uint32_t>(ip.data(), 0x0a000001u + which);
}

Station::Station(World& world, const StationOptions& options)
    : world_(world),
      options_(options),
      rng_(world.host_seed(options.number)),
      key_(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_)),
      id_(PeerId::of(key_.public_key())),
      machine_(world.internet().add_machine(options.ip, options.bandwidth)),
      address_(world.internet().address(machine_, options.port).with_peer(id_)) {}

void Station::start() {
  OPW_CHECK(!running());
  world_.internet().boot(machine_);
  HostOptions chosen(key_);
  chosen.listen.push_back(address_.without_peer());
  chosen.agent = options_.agent;
  chosen.swarm = options_.swarm;
  chosen.resolver = &world_.resolver();
  chosen.gater = options_.gater;
  chosen.events = options_.events;
  HostParts parts;
  parts.transports.push_back(world_.internet().make_transport(machine_));
  parts.securities.push_back(std::make_unique<PlainSecurity>(key_.public_key()));
  parts.rng = &rng_;
  host_ = std::move(Host::make(world_.loop(), std::move(chosen), std::move(parts)).value());
}

Task<void> Station::shut_down() {
  co_await host_->close();
  host_.reset();
}

}  // namespace opwire::sim
