// What every store of nodes keeps, and in which order it gives them back.
#pragma once

#include <vector>

#include "opwire/discv5/node_store.hpp"

namespace opwire::store {

/// Beyond it, those go that answered longest ago.
inline constexpr std::size_t kMaxNodes = 10'000;
/// Who has not answered for longer is forgotten when the nodes are loaded.
inline constexpr auto kMaxNodeAge = std::chrono::hours(24 * 30);

/// Brings a time that has not come yet (our clock was wrong once) back to now. False when the node is too old.
bool is_recent(discv5::KnownNode& node, WallTime now) noexcept;
/// Those that answered last come first.
void sort_newest_first(std::vector<discv5::KnownNode>& nodes);

}  // namespace opwire::store
