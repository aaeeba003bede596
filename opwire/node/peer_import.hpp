// Peers from a file of whatever program: what `opwire peers import` takes.
//
//   * a JSON array of node records, as kona's bootstore is (~/.kona/<chain id>/bootstore.json): newest last
//   * lines of peer_entry.hpp's JSON, as `opwire peers export` writes them; also as an array
//   * op-node's score records under their keys: {"/peers/scores/<base32>":{"lastUpdate":…,"peerScores":{…}},…}, or
//     under peer ids
//   * an answer of op-node's opp2p_peers, with what JSON-RPC puts around it or without
//
// What is wrong with an entry is named with its place, and the rest is taken.
#pragma once

#include "opwire/node/peer_entry.hpp"

namespace opwire::node {

inline constexpr std::size_t kMaxImport = 64 << 20;
/// Of entries; those beyond are only counted.
inline constexpr std::size_t kMaxProblems = 20;

struct PeerImport {
  struct Problem {
    std::string where;  ///< "line 3", "entry 12", a name
    std::string why;
  };
  std::vector<PeerEntry> entries;
  bool is_bootstore = false;  ///< node records, and nothing else
  std::uint64_t foreign = 0;  ///< of other chains, or of none
  std::vector<Problem> problems;
  std::uint64_t wrong = 0;  ///< those of problems included
};

/// chain: whose peers are taken; none: everybody's. An entry without a node record is never foreign. Errors, for
/// people: it is too large, or nothing of that kind.
Result<PeerImport, std::string> parse_peer_import(std::string_view text, std::optional<ChainId> chain, WallTime now);

/// kona's bootstore: an array of the records, the newest last, 2,048 at most.
std::string to_bootstore(const std::vector<PeerEntry>& entries, std::optional<ChainId> chain);

}  // namespace opwire::node
