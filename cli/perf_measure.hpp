// The dialling end of `opwire perf`: one measurement each, on a host that the caller made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/dialer.hpp"

namespace opwire::cli {

/// Wall time and what this process spent (user and system, all threads).
struct Spent {
  double seconds = 0;
  double cpu_seconds = 0;
};

/// Runs since it was made.
class Stopwatch {
 public:
  explicit Stopwatch(const Clock& clock);
  Spent spent() const;

 private:
  const Clock& clock_;
  TimePoint start_;
  double cpu_start_;
};

/// Sends `upload` bytes and asks for `download`, shared out over `streams` streams at once, on a connection that
/// stands.
Task<Result<Spent>> measure_transfer(Host& host, PeerId peer, std::uint64_t upload, std::uint64_t download,
                                     std::size_t streams);

struct SetupTimes {
  Spent spent;
  std::vector<Duration> each;
};
/// `count` times: dial, secure, wait until the peer has said who it is, hang up; `in_flight` at once, each by a host of
/// its own, since a host keeps one connection to a peer.
Task<Result<SetupTimes>> measure_setups(Loop& loop, Multiaddr address, std::size_t count, std::size_t in_flight);

}  // namespace opwire::cli
