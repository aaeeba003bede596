// Two Streams connected in memory: for tests, the simulator and the in-memory transport.
#pragma once

#include <utility>

#include "opwire/net/stream.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::net {

inline constexpr std::size_t kMemoryStreamCapacity = 256 * 1024;

/// What one end writes, the other reads. Each direction holds up to capacity bytes that wait to be read. A reset is
/// seen by the other side at once, before what it has not read yet.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_stream_pair(
    Loop& loop, std::size_t capacity = kMemoryStreamCapacity);

}  // namespace opwire::net
