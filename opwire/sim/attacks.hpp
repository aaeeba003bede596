// Attacks on gossipsub by peers that keep no rule: what becomes of the attackers' scores, and what honest nodes still
// get. Those of go-libp2p-pubsub's own tests, and some more.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "opwire/sim/attacks_arena.hpp"

namespace opwire::sim {

struct Attack {
  const char* name;
  const char* summary;
  /// The same seed is the same course of events.
  AttackReport (*play)(std::uint64_t seed);
};

std::span<const Attack> attacks();
/// nullptr when there is none of that name.
const Attack* find_attack(std::string_view name);

/// A table for people: its head, and a row of it.
std::string attack_table_head();
std::string attack_table_row(const Attack& attack, const AttackReport& report);

}  // namespace opwire::sim
