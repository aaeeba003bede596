// The courses of events behind attacks(); each in the file that its comment names.
#pragma once

#include "opwire/sim/attacks_arena.hpp"

namespace opwire::sim {

// attacks_control.cpp: control messages that ask for too much, promise too much, or come too early.
AttackReport play_iwant_spam(std::uint64_t seed);
AttackReport play_ihave_spam(std::uint64_t seed);
AttackReport play_graft_unknown(std::uint64_t seed);
AttackReport play_graft_flood(std::uint64_t seed);
AttackReport play_graft_patient(std::uint64_t seed);
AttackReport play_subscribe_flood(std::uint64_t seed);
AttackReport play_idontwant_flood(std::uint64_t seed);
AttackReport play_wash(std::uint64_t seed);

// attacks_messages.cpp: messages that are invalid, withheld or not taken.
AttackReport play_invalid_spam(std::uint64_t seed);
AttackReport play_invalid_light(std::uint64_t seed);
AttackReport play_invalid_crowd(std::uint64_t seed);
AttackReport play_junk_flood(std::uint64_t seed);
AttackReport play_junk_gated(std::uint64_t seed);
AttackReport play_colocation(std::uint64_t seed);
AttackReport play_eclipse(std::uint64_t seed);
AttackReport play_deaf(std::uint64_t seed);
AttackReport play_love_bomb(std::uint64_t seed);

}  // namespace opwire::sim
