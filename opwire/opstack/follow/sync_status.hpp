// What optimism_syncStatus tells of a node that derives the chain: the part that a follower needs.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "opwire/opstack/driver/l2_block_ref.hpp"

namespace opwire::opstack {

struct FollowedStatus {
  L2BlockRef safe;
  L2BlockRef finalized;
  bool operator==(const FollowedStatus&) const = default;
};

/// safe_l2 and finalized_l2, each as op-node writes a block reference. Errors: kFollowAnswer with what is missing.
Result<FollowedStatus> parse_sync_status(const boost::json::value& status);
/// The same from text, nested no deeper than JSON-RPC allows.
Result<FollowedStatus> parse_sync_status(std::string_view text);

}  // namespace opwire::opstack
