// Named courses of events: what `opwire_sim run` and the tests play.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {

struct Scenario {
  const char* name;
  const char* summary;
  /// What it is played with where the user says nothing else.
  GossipOptions (*options)();
  /// Plays it for so long, on a network that has been started.
  void (*play)(GossipNetwork& network, Duration duration, const std::function<void()>& progress);
};

std::span<const Scenario> scenarios();
/// nullptr when there is none of that name.
const Scenario* find_scenario(std::string_view name);

/// The command that plays it again.
std::string replay_command(const Scenario& scenario, const GossipOptions& options, Duration duration);

}  // namespace opwire::sim
