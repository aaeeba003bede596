// How much others may make a node do.
#pragma once

#include <cstddef>

namespace opwire::discv5 {

struct Limits {
  Limits() = default;
  std::size_t sessions = 1000;         ///< with nodes that came to us; as many again with those that we went to
  std::size_t challenges = 1000;       ///< WHOAREYOUs that wait for their answer, a second at the most
  double handshakes_per_second = 200;  ///< of nodes that come to us, in all: each costs 0.2 ms. Loopback is free
  double answers_per_second = 50;      ///< to one IPv4 address or IPv6 /64. Loopback is free
  std::size_t requests = 4096;         ///< of our own at once
  std::size_t lookups = 16;            ///< of our own at once
};

}  // namespace opwire::discv5
