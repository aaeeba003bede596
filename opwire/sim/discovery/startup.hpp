// How soon a newcomer knows enough nodes of its chain, of which there are few in a network of all chains.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/sim/discovery/kademlia_network.hpp"

namespace opwire::sim {

/// How they are looked for: search.hpp.
enum class SearchRule : unsigned char { kOpwire, kOpNode };

struct StartupOptions {
  StartupOptions() = default;

  std::uint64_t seed = 1;
  std::uint32_t nodes = 2000;
  double own_chain = 0.04;  ///< share of the nodes; half of the others are of another chain, half of none
  std::size_t wanted = 20;
  std::size_t bootnodes = 4;
  double loss = 0.01;
  Duration patience = std::chrono::minutes(10);
};

/// Since the newcomer's start; nothing: not in time.
struct StartupResult {
  std::optional<Duration> known;      ///< as many as wanted
  std::optional<Duration> connected;  ///< half as many
  std::uint64_t sent = 0;             ///< datagrams of the newcomer until they were known
  std::uint64_t fingerprint = 0;
};

StartupResult play_startup(SearchRule rule, const StartupOptions& options);

/// Both rules with several seeds.
struct StartupRace {
  std::vector<StartupResult> opwire, op_node;
  /// Of the medians of the times until they are known; 0 when one of the rules did not get there.
  double factor() const;
};
StartupRace play_startup_race(const StartupOptions& options, std::size_t seeds);

std::string to_text(const StartupRace& race);

}  // namespace opwire::sim
