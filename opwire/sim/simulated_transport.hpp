// TCP of one machine on a simulated Internet: /ip4/…/tcp/….
#pragma once

#include "opwire/runtime/mailbox.hpp"
#include "opwire/sim/internet.hpp"

namespace opwire::sim {

class SimulatedTransport final : public Transport {
 public:
  SimulatedTransport(Internet& internet, MachineId machine) : internet_(internet), machine_(machine) {}

  bool can_dial(const Multiaddr& address) const override { return Internet::place_of(address).has_value(); }
  /// One round trip. Errors: net kConnect where nobody listens, kTimeout where nobody is, kUnsupported.
  Task<Result<RawConnection>> dial(Multiaddr address, TimePoint deadline) override;
  /// At the machine's own address; port 0: any. Errors: net kListen, kUnsupported.
  Result<std::unique_ptr<Listener>> listen(const Multiaddr& address) override;

 private:
  Task<Result<RawConnection>> knock(Internet::Place place, Multiaddr address, TimePoint deadline);

  Internet& internet_;
  const MachineId machine_;
};

class SimulatedListener final : public Listener {
 public:
  SimulatedListener(Internet& internet, MachineId machine, const Internet::Place& place);
  ~SimulatedListener() override { close(); }

  const Multiaddr& local() const override { return local_; }
  Task<Result<RawConnection>> accept() override;
  void close() override;

 private:
  friend class Internet;
  friend class SimulatedTransport;
  /// With its machine: it takes nothing more, and its owner may not have noticed yet.
  void vanish();

  Internet& internet_;
  const MachineId machine_;
  const Internet::Place place_;
  const Multiaddr local_;
  Mailbox<RawConnection> backlog_;
  bool listed_ = true;
  bool closed_ = false;
};

}  // namespace opwire::sim
