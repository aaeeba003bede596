// What the tests of this library share: machines on an Internet, and connections between them.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "opwire/sim/internet.hpp"

namespace opwire::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Both ends of one connection.
struct Connected {
  std::unique_ptr<Stream> dialler;
  std::unique_ptr<Stream> listener;
};

/// Machines 10.0.0.1, 10.0.0.2, … which all listen on port 9000.
class SmallInternet {
 public:
  explicit SmallInternet(const LinkOptions& links = {}, const Bandwidth& bandwidth = {}, unsigned machines = 2)
      : internet(loop, 7, links) {
    for (unsigned i = 0; i < machines; ++i) {
      internet.add_machine({10, 0, 0, static_cast<std::uint8_t>(i + 1)}, bandwidth);
      transports.push_back(internet.make_transport(i));
      listeners.push_back(transports.back()->listen(internet.address(i, 9000)).value());
    }
  }

  Result<RawConnection> dial(MachineId from, MachineId to) {
    return loop.run(transports[from]->dial(internet.address(to, 9000), loop.now() + seconds(5)));
  }
  Connected connect(MachineId from = 0, MachineId to = 1) {
    Result<RawConnection> ours = dial(from, to);
    Result<RawConnection> theirs = loop.run(listeners[to]->accept());
    return {std::move(ours.value().stream), std::move(theirs.value().stream)};
  }
  /// What that stream's wait for something to read ends with, within a minute.
  Result<void> wait(Stream& stream) { return loop.run(stream.wait_readable(), std::chrono::minutes(1)); }

  SimulatedLoop loop;
  Internet internet;
  std::vector<std::unique_ptr<Transport>> transports;
  std::vector<std::unique_ptr<Listener>> listeners;
};

}  // namespace opwire::sim
