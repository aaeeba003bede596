// Connections inside one process: /memory/<number>. For tests and the simulator.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/runtime/mailbox.hpp"

namespace opwire::transport {

class MemoryListener;

/// Where listeners are found. Shared by all hosts of one small world; outlives them.
class MemoryHub {
 public:
  explicit MemoryHub(Loop& loop) : loop_(loop) {}
  MemoryHub(const MemoryHub&) = delete;
  MemoryHub& operator=(const MemoryHub&) = delete;

  Loop& loop() noexcept { return loop_; }

 private:
  friend class MemoryTransport;
  friend class MemoryListener;
  std::uint64_t free_number();

  Loop& loop_;
  std::unordered_map<std::uint64_t, MemoryListener*> listeners_;
  std::uint64_t next_number_ = std::uint64_t{1} << 32;  // above what tests choose themselves
};

class MemoryTransport final : public Transport {
 public:
  /// capacity: bytes that a connection holds in each direction.
  explicit MemoryTransport(MemoryHub& hub, std::size_t capacity = net::kMemoryStreamCapacity)
      : hub_(hub), capacity_(capacity) {}

  bool can_dial(const Multiaddr& address) const override;
  /// At once. Errors: kNoListener (also when its backlog is full), kUnsupported.
  Task<Result<RawConnection>> dial(Multiaddr address, TimePoint deadline) override;
  /// /memory/0: any free number. Errors: kAddressInUse, kUnsupported.
  Result<std::unique_ptr<Listener>> listen(const Multiaddr& address) override;

 private:
  MemoryHub& hub_;
  std::size_t capacity_;
};

}  // namespace opwire::transport
