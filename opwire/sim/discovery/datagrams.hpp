// Datagrams between simulated machines: late, lost, or neither; never in the order in which they were sent for certain.
//
// What is modelled: latency and jitter by pair of addresses, loss by chance, addresses that fall silent, partitions,
// full queues. What is not: fragments, the width of lines, NATs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "opwire/net/udp.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/sim/fingerprint.hpp"
#include "opwire/sim/links.hpp"

namespace opwire::sim {

struct DatagramOptions {
  DatagramOptions() = default;

  LinkOptions links{std::chrono::milliseconds(10), std::chrono::milliseconds(100), std::chrono::milliseconds(5)};
  double loss = 0;                        ///< of datagrams, by chance
  std::size_t max_datagram = 1280;        ///< bytes; longer ones are lost
  std::size_t socket_queue = 512;         ///< datagrams that wait for receive(); more are lost
  std::size_t max_in_flight = 1'000'000;  ///< datagrams; more are lost
};

struct DatagramCounts {
  std::uint64_t sent = 0;
  std::uint64_t arrived = 0;
  std::uint64_t lost = 0;         ///< by chance
  std::uint64_t unreachable = 0;  ///< nobody is there, or it is silent, or beyond a partition
  std::uint64_t overflown = 0;    ///< too long, or a queue was full
};

/// Takes what arrives at an address, as it arrives. May send, and detach itself.
class DatagramReceiver {
 public:
  virtual ~DatagramReceiver() = default;
  virtual void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) = 0;
};

/// Outlives its sockets and receivers; the loop does not run after its end.
class DatagramNet {
 public:
  DatagramNet(SimulatedLoop& loop, std::uint64_t seed, const DatagramOptions& options);
  DatagramNet(const DatagramNet&) = delete;
  DatagramNet& operator=(const DatagramNet&) = delete;

  SimulatedLoop& loop() noexcept { return loop_; }
  /// Port 0: any that is free. Errors: net's kListen, where somebody is.
  Result<std::unique_ptr<net::DatagramSocket>> bind(const net::Endpoint& at);
  /// Without a socket; nobody is there yet.
  void attach(const net::Endpoint& at, DatagramReceiver& receiver);
  void detach(const net::Endpoint& at) { receivers_.erase(at); }

  /// from: whoever it claims to come from. Copies the datagram.
  void send(const net::Endpoint& from, const net::Endpoint& to, ByteView datagram);

  /// Nothing leaves or reaches it, and what is on its way to it is lost. Nobody is told.
  void silence(const net::Endpoint& at);
  void restore(const net::Endpoint& at);
  bool is_silent(const net::Endpoint& at) const { return silent_.contains(at); }
  /// Datagrams pass within a group only; those not named are group 0. Replaces a former partition.
  void partition(std::unordered_map<net::Endpoint, unsigned> groups);
  void heal() { partition({}); }
  void set_loss(double loss) { options_.loss = loss; }

  /// Sees everything that is sent, before it may be lost.
  void watch(std::function<void(const net::Endpoint& from, const net::Endpoint& to, ByteView)> watcher) {
    watcher_ = std::move(watcher);
  }
  std::size_t in_flight() const noexcept { return in_flight_; }
  const DatagramCounts& counts() const noexcept { return counts_; }
  /// Of everything that arrived so far, and when; of what fell silent and was parted.
  Fingerprint& fingerprint() noexcept { return fingerprint_; }

 private:
  friend class SimulatedSocket;
  struct Flight;
  enum class Note : std::uint64_t { kArrived = 1, kSilenced, kRestored, kPartition };

  void arrive(const Flight& flight);
  bool reachable(const net::Endpoint& from, const net::Endpoint& to) const;
  unsigned group_of(const net::Endpoint& at) const;
  void note(Note what, const net::Endpoint& where);

  SimulatedLoop& loop_;
  DatagramOptions options_;
  Links links_;
  SeededRng chance_;
  std::unordered_map<net::Endpoint, DatagramReceiver*> receivers_;
  std::unordered_set<net::Endpoint> silent_;
  std::unordered_map<net::Endpoint, unsigned> groups_;
  std::function<void(const net::Endpoint&, const net::Endpoint&, ByteView)> watcher_;
  std::size_t in_flight_ = 0;
  DatagramCounts counts_;
  Fingerprint fingerprint_;
};

}  // namespace opwire::sim
