#include "opwire/sim/simulated_stream.hpp"

#include <algorithm>

namespace opwire::sim {
namespace {

// Takes bytes from the front of a list of pieces.
class Gatherer {
 public:
  explicit Gatherer(ByteViews pieces) : pieces_(pieces) {
    for (const ByteView piece : pieces) left_ += piece.size();
  }
  std::size_t left() const noexcept { return left_; }
  Buffer take(std::size_t size) {
    Buffer packet = Buffer::uninitialized(size);
    MutableByteView to = packet.writable();
    left_ -= size;
    while (!to.empty()) {
      const std::size_t n = std::min(to.size(), pieces_.front().size() - offset_);
      if (n > 0) std::memcpy(to.data(), pieces_.front().data() + offset_, n);
      to = to.subspan(n);
      offset_ += n;
      if (offset_ < pieces_.front().size()) continue;
      pieces_ = pieces_.subspan(1);
      offset_ = 0;
    }
    return packet;
  }

 private:
  ByteViews pieces_;
  std::size_t offset_ = 0;
  std::size_t left_ = 0;
};

}  // namespace

SimulatedStream::~SimulatedStream() {
  if (!end_seen_ || !circuit_.sent_end(end_)) reset();
  circuit_.release(end_);
}

Result<void> SimulatedStream::check() const {
  if (closed_) return opwire::errors::kClosed;
  if (circuit_.broken(end_)) return opwire::errors::kReset;
  return {};
}

Result<void> SimulatedStream::check_writable() const {
  OPW_TRYV(check());
  if (circuit_.sent_end(end_)) return opwire::errors::kClosed;
  return {};
}

Task<Result<void>> SimulatedStream::wait_readable() {
  while (true) {
    OPW_CO_TRYV(check());
    if (circuit_.has_data(end_) || circuit_.at_end(end_)) co_return Result<void>();
    const bool notified = co_await circuit_.readable(end_).wait();
    if (!notified && !closed_) co_return opwire::errors::kCancelled;
  }
}

Task<Result<std::size_t>> SimulatedStream::read_some(MutableByteView into) {
  OPW_CO_TRY(const Buffer bytes, co_await read(into.size()));
  if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
  co_return bytes.size();
}

Task<Result<Buffer>> SimulatedStream::read(std::size_t max) {
  OPW_CO_TRYV(co_await wait_readable());
  if (circuit_.has_data(end_)) co_return circuit_.take(end_, max);
  end_seen_ = true;
  co_return Buffer();
}

Task<Result<std::size_t>> SimulatedStream::wait_for_room() {
  while (true) {
    OPW_CO_TRYV(check_writable());
    const std::size_t room = circuit_.room(end_);
    if (room > 0) co_return room;
    const std::optional<TimePoint> next = circuit_.next_room(end_);
    const Wake wake = co_await circuit_.writable(end_).wait_until(next.value_or(TimePoint::max()));
    if (wake == Wake::kCancelled && !closed_) co_return opwire::errors::kCancelled;
  }
}

Task<Result<void>> SimulatedStream::write(ByteViews pieces) {
  OPW_CO_TRYV(check_writable());
  Gatherer gatherer(pieces);
  while (gatherer.left() > 0) {
    OPW_CO_TRY(const std::size_t room, co_await wait_for_room());
    circuit_.send(end_, gatherer.take(std::min({room, gatherer.left(), kMaxPacket})));
  }
  co_return Result<void>();
}

Task<Result<void>> SimulatedStream::close_write() {
  OPW_CO_TRYV(check());
  if (!circuit_.sent_end(end_)) circuit_.send_end(end_);
  co_return Result<void>();
}

void SimulatedStream::reset() noexcept {
  if (std::exchange(closed_, true)) return;
  circuit_.reset(end_);
}

}  // namespace opwire::sim
