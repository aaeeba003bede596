#include "opwire/sim/attacks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "opwire/sim/attacks_plays.hpp"

namespace opwire::sim {
namespace {

constexpr std::array<Attack, 17> kAttacks{{
    {"iwant-spam", "asks twenty times for each message, and for unknown ones", play_iwant_spam},
    {"ihave-spam", "tells of messages that do not exist", play_ihave_spam},
    {"graft-unknown", "GRAFT for 10,000 topics that nobody has", play_graft_unknown},
    {"graft-flood", "GRAFT every second during its back-off", play_graft_flood},
    {"graft-patient", "GRAFT once in its back-off, once after it", play_graft_patient},
    {"subscribe-flood", "subscribes to 10,000 topics", play_subscribe_flood},
    {"idontwant-flood", "too many IDONTWANT, too many ids, empty and huge ids", play_idontwant_flood},
    {"wash", "leaves with a bad score and comes back", play_wash},
    {"invalid-spam", "ten invalid messages a second; the topic is scored", play_invalid_spam},
    {"invalid-light", "the same under op-node's light scoring", play_invalid_light},
    {"invalid-crowd", "the same from twelve peers on one address", play_invalid_crowd},
    {"junk-flood", "six bring more messages that are worth nothing than a node can look at", play_junk_flood},
    {"junk-gated", "the same against nodes with the peer gater", play_junk_gated},
    {"colocation", "fourteen peers on one address, connection limits off", play_colocation},
    {"eclipse", "twelve polite peers, connected to everybody, that pass nothing on", play_eclipse},
    {"deaf", "in the mesh, and never reads", play_deaf},
    {"love-bomb", "brings twenty messages first, then withholds all", play_love_bomb},
}};

}  // namespace

std::span<const Attack> attacks() {
  return kAttacks;
}

const Attack* find_attack(std::string_view name) {
  const auto found = std::ranges::find_if(kAttacks, [&](const Attack& attack) { return name == attack.name; });
  return found == kAttacks.end() ? nullptr : &*found;
}

std::string attack_table_head() {
  return "| attack | score: best, worst, at the end | in a mesh: most, at the end | RPCs not heeded | honest messages "
         "| slowest | KiB from it, to it |\n|---|---|---|---|---|---|---|\n";
}

std::string attack_table_row(const Attack& attack, const AttackReport& report) {
  const unsigned long long unheeded = report.victims.graylisted + report.victims.gated;
  char row[320];
  std::snprintf(row, sizeof(row),
                "| %s | %.1f, %.1f, %.1f | %zu, %zu of %zu | %llu | %zu of %zu | %.0f ms | %llu, %llu |\n", attack.name,
                report.highest, report.lowest, report.at_end, report.most_in_mesh, report.in_mesh_at_end, report.pairs,
                unheeded, report.delivery.delivered, report.delivery.expected, milliseconds_of(report.delivery.max),
                static_cast<unsigned long long>(report.bytes_sent >> 10),
                static_cast<unsigned long long>(report.bytes_heard >> 10));
  return row;
}

}  // namespace opwire::sim
