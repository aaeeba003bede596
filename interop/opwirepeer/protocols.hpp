// What a listener answers beside identify, ping and perf: echo, sink and source (interop/README.md has the bytes).
#pragma once

#include "opwire/p2p/host/host.hpp"

namespace opwire::interop {

inline constexpr const char* kEcho = "/opwire/echo/1.0.0";
inline constexpr const char* kSink = "/opwire/sink/1.0.0";
inline constexpr const char* kSource = "/opwire/source/1.0.0";
inline constexpr std::size_t kPiece = 64 * 1024;

void serve_protocols(Host& host);

/// Waits for the other side to end its direction. Errors: kContent when it sends anything more.
Task<Result<void>> expect_end(Stream& stream);

}  // namespace opwire::interop
