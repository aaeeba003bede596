// Waiting for what real nodes on loopback come to.
#pragma once

#include <functional>

#include "opwire/runtime/reactor.hpp"

namespace opwire::node::test {

/// Runs the loop until it holds, or the time is over; whether it holds.
inline bool wait_until(ReactorLoop& loop, const std::function<bool()>& condition,
                       Duration patience = std::chrono::seconds(10)) {
  const TimePoint limit = loop.now() + patience;
  while (!condition() && loop.now() < limit) loop.run(sleep_for(loop, std::chrono::milliseconds(5)));
  return condition();
}

}  // namespace opwire::node::test
