#include "opwire/p2p/yamux/keep_alive.hpp"

#include <algorithm>

namespace opwire::yamux {

std::optional<std::uint32_t> KeepAlive::due(TimePoint now) noexcept {
  if (interval_ == Duration::zero() || waiting_ || now < next_) return std::nullopt;
  waiting_ = true;
  queued_ = sent_ = now;
  next_ = now + interval_;
  return ++value_;
}

void KeepAlive::on_pong(std::uint32_t value, TimePoint now) noexcept {
  if (!waiting_ || value != value_) return;
  waiting_ = false;
  const Duration sample = std::max<Duration>(now - sent_, Duration(1));
  rtt_ = rtt_ == Duration::zero() ? sample : (rtt_ + sample) / 2;
}

bool KeepAlive::expired(TimePoint now) noexcept {
  if (!waiting_ || now < queued_ + timeout_) return false;
  if (received_ <= queued_) return true;
  waiting_ = false;
  return false;
}

TimePoint KeepAlive::next() const noexcept {
  if (waiting_) return queued_ + timeout_;
  return interval_ == Duration::zero() ? TimePoint::max() : next_;
}

}  // namespace opwire::yamux
