// Which connections go when there are too many, as go-libp2p's basic connection manager chooses them. Peers go whole:
// the least valuable first, among equals those without streams, then those that dialled us, then those with few
// streams.
#pragma once

#include <vector>

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/swarm/tag_book.hpp"

namespace opwire::swarm {

struct ConnectionManagerOptions {
  ConnectionManagerOptions() = default;
  std::size_t low = 160;                        ///< how many are left
  std::size_t high = 192;                       ///< from how many on some are closed; 0: never
  Duration grace = std::chrono::minutes(1);     ///< a peer is left alone for so long at first
  Duration silence = std::chrono::seconds(10);  ///< between two trims
};

/// A connection that is not being closed.
struct Standing {
  ConnectionId id;
  PeerId peer;
  Role role;
  TimePoint opened;
  std::size_t streams;
};

/// Neither protected peers nor those in their grace: of the others, what is over low. Nothing when that is not more.
std::vector<ConnectionId> choose_surplus(const std::vector<Standing>& standing, const TagBook& book,
                                         const ConnectionManagerOptions& options, TimePoint now);

/// Regardless of grace, as many as leave low in all, those with many streams first among equals; never of protected
/// peers.
std::vector<ConnectionId> choose_in_emergency(const std::vector<Standing>& standing, const TagBook& book,
                                              std::size_t low, TimePoint now);

}  // namespace opwire::swarm
