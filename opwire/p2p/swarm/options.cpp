#include "opwire/p2p/swarm/options.hpp"

namespace opwire::swarm {

Result<void, std::string> SwarmOptions::validate() const {
  const std::pair<const char*, Duration> positive[] = {
      {"dial_timeout", dial_timeout},           {"connect_timeout", connect_timeout},
      {"backoff_base", backoff_base},           {"upgrade_timeout", upgrade_timeout},
      {"negotiate_timeout", negotiate_timeout}, {"new_stream_timeout", new_stream_timeout},
  };
  for (const auto& [name, value] : positive) {
    if (value <= Duration::zero()) return std::string(name) + " must be positive";
  }
  const std::pair<const char*, Duration> not_negative[] = {
      {"dial_stagger", dial_stagger}, {"backoff_step", backoff_step},   {"pending_patience", pending_patience},
      {"close_grace", close_grace},   {"manager.grace", manager.grace}, {"manager.silence", manager.silence},
  };
  for (const auto& [name, value] : not_negative) {
    if (value < Duration::zero()) return std::string(name) + " must not be negative";
  }
  const std::pair<const char*, std::size_t> at_least_one[] = {
      {"max_dials", max_dials},
      {"max_dials_per_peer", max_dials_per_peer},
      {"max_addresses_per_dial", max_addresses_per_dial},
      {"max_pending_inbound", max_pending_inbound},
  };
  for (const auto& [name, value] : at_least_one) {
    if (value == 0) return std::string(name) + " must not be zero";
  }
  if (manager.high > 0 && manager.low > manager.high) return std::string("manager.low must not be above manager.high");
  if (backoff_max < backoff_base) return std::string("backoff_max must not be below backoff_base");
  return {};
}

}  // namespace opwire::swarm
