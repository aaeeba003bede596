// A network of simulated machines: who can reach whom, how long it takes, and what breaks.
//
// TCP as its users see it: connections are ordered and reliable until they break. What is modelled: latency and jitter,
// the machines' lines with their queues, flow control, refused and unanswered dials, resets, connections that are cut
// or fall silent, machines that crash, partitions. What is not: loss and congestion control.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/sim/circuit.hpp"
#include "opwire/sim/fingerprint.hpp"

namespace opwire::sim {

class SimulatedListener;

/// How a machine or a connection goes.
enum class Loss : unsigned char {
  kReset,   ///< the other side is told: a process died, a middlebox sent resets
  kSilent,  ///< nobody is told: a power cut, a mapping that was forgotten
};
/// What a partition does to connections across it.
enum class Partition : unsigned char {
  kHold,   ///< packets wait until it is healed
  kBreak,  ///< they are reset
};

struct Traffic {
  std::uint64_t sent = 0;  ///< bytes of streams
  std::uint64_t received = 0;
  std::uint64_t packets_sent = 0;
};

/// Outlives all transports and streams of it.
class Internet {
 public:
  Internet(SimulatedLoop& loop, std::uint64_t seed, const LinkOptions& links);
  ~Internet();
  Internet(const Internet&) = delete;
  Internet& operator=(const Internet&) = delete;

  SimulatedLoop& loop() noexcept { return loop_; }
  /// ip: 4 bytes. Machines may share one, as behind a NAT; their ports then differ.
  MachineId add_machine(const ByteArray<4>& ip, const Bandwidth& bandwidth = {});
  /// /ip4/…/tcp/port of that machine.
  Multiaddr address(MachineId machine, std::uint16_t port) const;
  /// What a host on that machine dials and listens with.
  std::unique_ptr<Transport> make_transport(MachineId machine);

  /// Its connections and listeners are gone at once: it has no time for goodbyes. Dialling it finds silence.
  void crash(MachineId machine, Loss how);
  /// After a crash: it can be reached again, under the same address.
  void boot(MachineId machine);
  /// Machines talk within their group only; those not named are group 0. Replaces a former partition.
  void partition(const std::map<MachineId, unsigned>& groups, Partition how);
  void heal() { partition({}, Partition::kHold); }

  /// Also those that are ending.
  std::size_t connection_count() const noexcept { return circuits_.size(); }
  /// Those that nobody has ended and nothing has cut.
  std::size_t standing_count() const;
  /// One of the connections that stand, the n-th in the order in which they were made.
  void cut(std::size_t n, Loss how);

  Duration latency(MachineId a, MachineId b) const { return links_.latency(a, b); }
  const Traffic& traffic(MachineId machine) const { return machines_[machine].traffic; }
  /// Of everything that arrived or broke so far, and when.
  Fingerprint& fingerprint() noexcept { return fingerprint_; }

 private:
  friend class Circuit;
  friend class SimulatedTransport;
  friend class SimulatedListener;

  struct Machine {
    ByteArray<4> ip;
    SerialLine up;
    SerialLine down;
    Traffic traffic;
    unsigned group = 0;
    bool running = true;
  };
  struct Place {
    ByteArray<4> ip;
    std::uint16_t port;
    auto operator<=>(const Place&) const = default;
  };
  enum class Note : std::uint64_t { kPacket = 1, kConnected, kCut, kCrash, kBoot, kPartition };

  static std::optional<Place> place_of(const Multiaddr& address);
  std::uint16_t free_port(const ByteArray<4>& ip);
  /// The machine that would answer at that place, whether anybody listens or not.
  std::optional<MachineId> machine_at(const Place& place) const;
  bool reachable(MachineId from, MachineId to) const;
  Circuit& connect(MachineId from, MachineId to);
  void forget(const Circuit& circuit) { circuits_.erase(circuit.number()); }
  void note(Note what, std::uint64_t detail);

  SimulatedLoop& loop_;
  Links links_;
  std::vector<Machine> machines_;
  std::map<ByteArray<4>, std::vector<MachineId>> by_ip_;
  std::map<Place, SimulatedListener*> listeners_;
  std::map<std::uint64_t, std::unique_ptr<Circuit>> circuits_;
  std::uint64_t next_circuit_ = 1;
  std::uint16_t next_port_ = 49152;
  Fingerprint fingerprint_;
};

}  // namespace opwire::sim
