#include "opwire/sim/attacks.hpp"

#include <gtest/gtest.h>

namespace opwire::sim {
namespace {
TEST(Attacks, Table) {
  for (const Attack& attack : attacks()) {
    const auto begin = std::chrono::steady_clock::now();
    const AttackReport r = attack.play(1);
    std::printf("%s%.2fs honest %g conn %zu heard rpcs %zu msg %zu copies %u ihave %zu iwant %zu graft %zu prune %zu | rej %zu ihign %zu iwign %zu idw %zu broken %zu dropped %zu unw %zu topics %zu\n", attack_table_row(attack, r).c_str(),
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), r.lowest_honest, r.connected, r.heard.rpcs, r.heard.messages, r.heard.most_copies, r.heard.ihave_ids, r.heard.iwant_ids, r.heard.grafts, r.heard.prunes, r.victims.rejected, r.victims.ihave_ignored, r.victims.iwant_ignored, r.victims.idontwant_ignored, r.victims.broken_promises, r.victims.messages_dropped, r.victims.messages_unwanted, r.topics);
  }
}
}  // namespace
}  // namespace opwire::sim
