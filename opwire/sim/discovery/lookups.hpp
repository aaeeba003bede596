// How well nodes find the nodes nearest to a target.
#pragma once

#include <string>
#include <vector>

#include "opwire/sim/discovery/kademlia_network.hpp"

namespace opwire::sim {

struct LookupOptions {
  LookupOptions() = default;

  std::size_t lookups = 200;                          ///< to random targets
  CoreNode* asker = nullptr;                          ///< null: from random nodes
  Duration interval = std::chrono::milliseconds(50);  ///< between two of them
  Duration patience = std::chrono::seconds(60);       ///< after the last began
};

/// Of one lookup that ended.
struct LookupSample {
  unsigned hops = 0;
  std::size_t asked = 0;
  Duration took{};
  double recall = 0;  ///< of the 16 nearest nodes of the network that answer
  double own = 0;     ///< share of those found that are nodes of the network
};

struct LookupReport {
  std::size_t begun = 0;
  std::vector<LookupSample> ended;
  double recall = 0;  ///< mean
  double own = 0;     ///< mean

  double hops(double quantile) const;
  double asked(double quantile) const;
  Duration took(double quantile) const;
};

/// Waits for them in virtual time.
LookupReport play_lookups(KademliaNetwork& network, const LookupOptions& options);

/// A table for people: its head, and a row of it.
std::string lookup_table_head();
std::string lookup_table_row(const std::string& name, const LookupReport& report);

}  // namespace opwire::sim
