// opwirepeer dial: one test against a listener, one result line.
#pragma once

#include <string>
#include <vector>

#include "interop/common/events.hpp"
#include "interop/opwirepeer/options.hpp"
#include "interop/opwirepeer/peer.hpp"

namespace opwire::interop {

/// The exit code.
int run_dial(const Options& options);

/// What a test is given.
struct Dialer {
  Dialer(Loop& on, const Options& with, Multiaddr address, std::vector<std::size_t> given)
      : loop(on), options(with), target(std::move(address)), peer_id(*target.peer_id()), numbers(std::move(given)) {}

  Loop& loop;
  const Options& options;
  Multiaddr target;
  PeerId peer_id;
  std::vector<std::size_t> numbers;  ///< the test's arguments
};

/// A test gives the fields of its result. It owns what it starts: no peer outlives it.
using Test = Task<Result<Fields>> (*)(Dialer&);

// dial_basic.cpp
Task<Result<Fields>> test_identify(Dialer& dialer);
Task<Result<Fields>> test_ping(Dialer& dialer);
// dial_bulk.cpp
Task<Result<Fields>> test_bulk_up(Dialer& dialer);
Task<Result<Fields>> test_bulk_down(Dialer& dialer);
// dial_streams.cpp
Task<Result<Fields>> test_streams(Dialer& dialer);
// dial_perf.cpp
Task<Result<Fields>> test_perf_up(Dialer& dialer);
Task<Result<Fields>> test_perf_down(Dialer& dialer);
Task<Result<Fields>> test_perf_latency(Dialer& dialer);
// dial_many.cpp
Task<Result<Fields>> test_perf_setups(Dialer& dialer);
Task<Result<Fields>> test_idle(Dialer& dialer);

/// Gives body a peer that is connected to the target, and closes it.
using WithPeer = Task<Result<Fields>> (*)(Dialer&, Peer&);
Task<Result<Fields>> with_peer(Dialer& dialer, WithPeer body);
/// The same with one stream of the protocol.
using WithStream = Task<Result<Fields>> (*)(Dialer&, Stream&);
Task<Result<Fields>> with_stream(Dialer& dialer, const char* protocol, WithStream body);

/// Calls body(0) … body(count - 1), at most so many at once. The first error ends it.
using Body = std::function<Task<Result<void>>(std::size_t index)>;
Task<Result<void>> in_parallel(Loop& loop, std::size_t count, std::size_t at_once, Body body);

}  // namespace opwire::interop
