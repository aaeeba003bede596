#include "opwire/net/udp_batch.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace opwire::net {
namespace {

Endpoint endpoint_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return {ByteView(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4), ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return {ByteView(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
}

socklen_t set_v4(sockaddr_storage& address, const Endpoint& to) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(to.port);
  std::memcpy(&v4.sin_addr, to.address.data(), 4);
  return sizeof(v4);
}

// IPv4 as ::ffff:0:0/96, which a socket of both families sends as IPv4.
socklen_t set_v6(sockaddr_storage& address, const Endpoint& to) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(to.port);
  std::uint8_t* const bytes = v6.sin6_addr.s6_addr;
  if (!to.is_v6) bytes[10] = bytes[11] = 0xff;
  std::ranges::copy(to.ip(), to.is_v6 ? bytes : bytes + 12);
  return sizeof(v6);
}

}  // namespace

IncomingBatch::IncomingBatch(std::size_t max_datagram)
    : max_datagram_(max_datagram), bytes_(kCount * max_datagram), from_(kCount), pieces_(kCount), headers_(kCount) {
  taken_.reserve(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    pieces_[i] = {bytes_.data() + i * max_datagram, max_datagram};
    headers_[i].msg_hdr.msg_name = &from_[i];
    headers_[i].msg_hdr.msg_iov = &pieces_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

int IncomingBatch::take(int descriptor) {
  taken_.clear();
  for (mmsghdr& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int count = ::recvmmsg(descriptor, headers_.data(), kCount, MSG_DONTWAIT, nullptr);
  if (count < 0) return errno;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if ((headers_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    taken_.push_back({endpoint_of(from_[i]), ByteView(bytes_).subspan(i * max_datagram_, headers_[i].msg_len)});
  }
  return 0;
}

bool OutgoingBatch::add(const Endpoint& to, ByteView datagram) {
  if (to.is_v6 ? family_ == UdpFamily::kV4 : family_ == UdpFamily::kV6) return false;
  queue_.push_back({to, bytes_.size(), datagram.size()});
  bytes_.insert(bytes_.end(), datagram.begin(), datagram.end());
  return true;
}

void OutgoingBatch::flush(int descriptor) {
  std::span<const Queued> left = queue_;
  while (!left.empty()) {
    const int sent = send_some(descriptor, left);
    if (sent == -EINTR) continue;
    if (sent == -EAGAIN) break;
    left = left.subspan(sent > 0 ? static_cast<std::size_t>(sent) : 1);
  }
  queue_.clear();
  bytes_.clear();
}

int OutgoingBatch::send_some(int descriptor, std::span<const Queued> some) {
  constexpr std::size_t kAtOnce = 64;
  std::array<sockaddr_storage, kAtOnce> to;
  std::array<iovec, kAtOnce> pieces;
  std::array<mmsghdr, kAtOnce> headers;
  const std::size_t count = std::min(some.size(), kAtOnce);
  for (std::size_t i = 0; i < count; ++i) {
    pieces[i] = {bytes_.data() + some[i].offset, some[i].size};
    headers[i] = {};
    msghdr& header = headers[i].msg_hdr;
    header.msg_name = &to[i];
    header.msg_namelen = family_ == UdpFamily::kV4 ? set_v4(to[i], some[i].to) : set_v6(to[i], some[i].to);
    header.msg_iov = &pieces[i];
    header.msg_iovlen = 1;
  }
  const int sent = ::sendmmsg(descriptor, headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

}  // namespace opwire::net
