#include "opwire/p2p/yamux/receive_window.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"

namespace opwire::yamux {

void ReceiveWindow::on_announced(std::uint32_t length) noexcept {
  OPW_CHECK(length <= remaining_);
  remaining_ -= length;
  unread_ += length;
}

std::uint32_t ReceiveWindow::on_consumed(std::uint32_t bytes, TimePoint now, const Growth& growth) noexcept {
  OPW_CHECK(bytes <= unread_);
  unread_ -= bytes;
  std::uint32_t credit = size_ - remaining_ - unread_;
  if (credit < size_ / 2) return 0;
  if (grow(now, growth)) credit = size_ - remaining_ - unread_;
  epoch_ = now;
  remaining_ += credit;
  return credit;
}

bool ReceiveWindow::grow(TimePoint now, const Growth& growth) noexcept {
  if (growth.rtt <= Duration::zero() || now - epoch_ >= growth.rtt * 4 || size_ >= growth.max_window) return false;
  const std::uint32_t more = std::min(size_, growth.max_window - size_);
  if (more > growth.budget) return false;
  growth.budget -= more;
  size_ += more;
  return true;
}

}  // namespace opwire::yamux
