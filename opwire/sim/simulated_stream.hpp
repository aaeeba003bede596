// One end of a Circuit as a Stream.
#pragma once

#include "opwire/net/stream.hpp"
#include "opwire/sim/circuit.hpp"

namespace opwire::sim {

class SimulatedStream final : public Stream {
 public:
  /// The circuit stays until both its ends were destroyed.
  SimulatedStream(Circuit& circuit, Circuit::End end) : circuit_(circuit), end_(end) {}
  ~SimulatedStream() override;

  Task<Result<void>> wait_readable() override;
  Task<Result<std::size_t>> read_some(MutableByteView into) override;
  Task<Result<Buffer>> read(std::size_t max) override;
  Task<Result<void>> write(ByteViews pieces) override;
  Task<Result<void>> close_write() override;
  void reset() noexcept override;

 private:
  Result<void> check() const;
  Result<void> check_writable() const;
  Task<Result<std::size_t>> wait_for_room();

  Circuit& circuit_;
  const Circuit::End end_;
  bool end_seen_ = false;
  bool closed_ = false;
};

}  // namespace opwire::sim
