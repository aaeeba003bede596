#include "opwire/sim/internet.hpp"

#include <algorithm>

#include "opwire/sim/simulated_transport.hpp"

namespace opwire::sim {

Internet::Internet(SimulatedLoop& loop, std::uint64_t seed, const LinkOptions& links)
    : loop_(loop), links_(seed, links) {}

Internet::~Internet() = default;

// Machines and addresses.

MachineId Internet::add_machine(const ByteArray<4>& ip, const Bandwidth& bandwidth) {
  const auto id = static_cast<MachineId>(machines_.size());
  machines_.push_back({ip, SerialLine(bandwidth.up), SerialLine(bandwidth.down)});
  by_ip_[ip].push_back(id);
  return id;
}

Multiaddr Internet::address(MachineId machine, std::uint16_t port) const {
  return Multiaddr::ip_tcp(machines_[machine].ip, port);
}

std::unique_ptr<Transport> Internet::make_transport(MachineId machine) {
  return std::make_unique<SimulatedTransport>(*this, machine);
}

std::optional<Internet::Place> Internet::place_of(const Multiaddr& address) {
  const auto components = address.components();
  if (components.size() != 2 || components[0].protocol != Protocol::kIp4 || components[1].protocol != Protocol::kTcp) {
    return std::nullopt;
  }
  Place place{};
  std::memcpy(place.ip.data(), components[0].value.data(), place.ip.size());
  place.port = load_be<std::uint16_t>(components[1].value.data());
  return place;
}

std::uint16_t Internet::free_port(const ByteArray<4>& ip) {
  do {
    next_port_ = next_port_ == 65535 ? std::uint16_t{49152} : static_cast<std::uint16_t>(next_port_ + 1);
  } while (listeners_.contains({ip, next_port_}));
  return next_port_;
}

std::optional<MachineId> Internet::machine_at(const Place& place) const {
  if (const auto listener = listeners_.find(place); listener != listeners_.end()) return listener->second->machine_;
  const auto at_ip = by_ip_.find(place.ip);
  if (at_ip == by_ip_.end()) return std::nullopt;
  return at_ip->second.front();
}

bool Internet::reachable(MachineId from, MachineId to) const {
  const Machine& a = machines_[from];
  const Machine& b = machines_[to];
  return a.running && b.running && a.group == b.group;
}

Circuit& Internet::connect(MachineId from, MachineId to) {
  const std::uint64_t number = next_circuit_++;
  const auto made = circuits_.emplace(number, std::make_unique<Circuit>(*this, number, from, to));
  note(Note::kConnected, (static_cast<std::uint64_t>(from) << 32) | to);
  return *made.first->second;
}

// What breaks.

void Internet::crash(MachineId machine, Loss how) {
  note(Note::kCrash, machine);
  machines_[machine].running = false;
  for (const auto& [number, circuit] : circuits_) {
    for (const Circuit::End end : {0u, 1u}) {
      if (circuit->machine(end) == machine) circuit->lose(end, how == Loss::kReset);
    }
  }
  std::vector<SimulatedListener*> its_own;
  for (const auto& [place, listener] : listeners_) {
    if (listener->machine_ == machine) its_own.push_back(listener);
  }
  for (SimulatedListener* listener : its_own) listener->vanish();
}

void Internet::boot(MachineId machine) {
  note(Note::kBoot, machine);
  machines_[machine].running = true;
}

void Internet::partition(const std::map<MachineId, unsigned>& groups, Partition how) {
  note(Note::kPartition, groups.size());
  for (Machine& machine : machines_) machine.group = 0;
  for (const auto& [machine, group] : groups) machines_[machine].group = group;
  for (const auto& [number, circuit] : circuits_) {
    const bool across = machines_[circuit->machine(0)].group != machines_[circuit->machine(1)].group;
    if (across && how == Partition::kBreak) circuit->cut();
    circuit->hold(across);
  }
  std::erase_if(circuits_, [](const auto& entry) { return entry.second->finished(); });
}

std::size_t Internet::standing_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(circuits_, [](const auto& entry) { return entry.second->stands(); }));
}

void Internet::cut(std::size_t n, Loss how) {
  const auto chosen =
      std::ranges::find_if(circuits_, [&](const auto& entry) { return entry.second->stands() && n-- == 0; });
  OPW_CHECK(chosen != circuits_.end());
  Circuit& circuit = *chosen->second;
  note(Note::kCut, circuit.number());
  if (how == Loss::kReset) {
    circuit.cut();
    if (circuit.finished()) forget(circuit);
  } else {
    circuit.mute();
  }
}

void Internet::note(Note what, std::uint64_t detail) {
  fingerprint_.add(loop_.now());
  fingerprint_.add(static_cast<std::uint64_t>(what));
  fingerprint_.add(detail);
}

}  // namespace opwire::sim
