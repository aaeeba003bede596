#include "opwire/p2p/gossipsub/params.hpp"

#include <algorithm>

#include "opwire/p2p/gossipsub/require.hpp"

namespace opwire::gossipsub {
Result<void> Params::validate() const {
  OPW_TRYV(require(d_lo <= d && d <= d_hi && d > 0, "d_lo <= d <= d_hi"));
  OPW_TRYV(require(d_score <= d, "d_score <= d"));
  OPW_TRYV(require(d_out < d_lo && d_out <= d / 2, "d_out < d_lo and d_out <= d / 2"));
  OPW_TRYV(require(gossip_factor >= 0 && gossip_factor <= 1, "gossip_factor lies in 0..1"));
  OPW_TRYV(require(heartbeat > Duration::zero(), "heartbeat is positive"));
  OPW_TRYV(require(prune_backoff >= std::chrono::seconds(1) && unsubscribe_backoff >= std::chrono::seconds(1) &&
                       prune_backoff <= max_backoff && unsubscribe_backoff <= max_backoff,
                   "back-offs are at least a second and at most max_backoff"));
  OPW_TRYV(require(history_gossip > 0 && history_gossip <= history_length, "0 < history_gossip <= history_length"));
  // A duplicate that is known by its bytes is taken as seen, so its id must still be.
  OPW_TRYV(require(seen_ttl >= history_length * heartbeat, "seen_ttl covers the history"));
  OPW_TRYV(require(max_rpc_size >= 32 * 1024, "max_rpc_size is at least 32 KiB"));
  OPW_TRYV(require(max_arriving_bytes >= max_rpc_size, "max_arriving_bytes holds an RPC"));
  OPW_TRYV(require(max_topic_length > 0 && max_topic_length <= 4096, "max_topic_length lies in 1..4096"));
  OPW_TRYV(require(max_seen > 0 && max_backoffs > 0 && max_pending > 0 && max_pending_per_topic > 0 &&
                       outbound.messages > 0 && opportunistic_graft_beats > 0 && direct_connect_beats > 0,
                   "table sizes and counts of heartbeats are positive"));
  if (scoring) {
    OPW_TRYV(scoring->params.validate());
    OPW_TRYV(scoring->thresholds.validate());
  }
  if (gater) OPW_TRYV(gater->validate());
  return {};
}

bool Params::allows(std::string_view topic) const noexcept {
  if (topic.empty() || topic.size() > max_topic_length) return false;
  return allowed_topics.empty() || std::ranges::find(allowed_topics, topic) != allowed_topics.end();
}

}  // namespace opwire::gossipsub
