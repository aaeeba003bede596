// Many datagrams in one system call, on a socket that does not block. A descriptor is given to each call: nothing here
// owns it.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <vector>

#include "opwire/net/udp.hpp"

namespace opwire::net {

enum class UdpFamily : unsigned char { kV4, kV6, kDual };

/// What waits in the socket, up to 64 datagrams at a time, in memory that is taken once.
class IncomingBatch {
 public:
  static constexpr std::size_t kCount = 64;

  explicit IncomingBatch(std::size_t max_datagram);
  IncomingBatch(const IncomingBatch&) = delete;
  IncomingBatch& operator=(const IncomingBatch&) = delete;

  /// 0, or errno. Afterwards taken() holds what came; it may be empty, as too long ones are left out.
  int take(int descriptor);
  std::span<const Datagram> taken() const noexcept { return taken_; }

 private:
  std::size_t max_datagram_;
  Bytes bytes_;
  std::vector<sockaddr_storage> from_;
  std::vector<iovec> pieces_;
  std::vector<mmsghdr> headers_;
  std::vector<Datagram> taken_;
};

/// Copies of what is to be sent. It holds what one turn of the loop sends; somebody who sends more than fits has to
/// flush in between.
class OutgoingBatch {
 public:
  static constexpr std::size_t kMaxDatagrams = 1024;
  static constexpr std::size_t kMaxBytes = 1024 * 1024;

  explicit OutgoingBatch(UdpFamily family) : family_(family) {}

  bool empty() const noexcept { return queue_.empty(); }
  bool has_room_for(std::size_t size) const noexcept {
    return queue_.size() < kMaxDatagrams && size <= kMaxBytes - bytes_.size();
  }
  /// There is room. False: such a socket does not reach that address.
  bool add(const Endpoint& to, ByteView datagram);
  /// Sends all in their order. A datagram that the system refuses is left out; when its buffer is full, so is the rest.
  void flush(int descriptor);

 private:
  struct Queued {
    Endpoint to;
    std::size_t offset;
    std::size_t size;
  };
  /// How many of them the system took, of at most 64; below 0: errno, about the first.
  int send_some(int descriptor, std::span<const Queued> some);

  UdpFamily family_;
  Bytes bytes_;
  std::vector<Queued> queue_;
};

}  // namespace opwire::net
