#include "opwire/p2p/gossipsub/score_params.hpp"

#include <cmath>

#include "opwire/base/check.hpp"
#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/p2p/gossipsub/require.hpp"

namespace opwire::gossipsub {
namespace {

// NaN passes none of these.
bool is_reward(double weight) {
  return weight >= 0 && std::isfinite(weight);
}
bool is_penalty(double weight) {
  return weight <= 0 && std::isfinite(weight);
}
/// Of a counter that may be left at 0 where its weight is.
bool is_decay(double factor, double weight) {
  return factor < 1 && (weight == 0 ? factor >= 0 : factor > 0);
}
bool is_limit(double limit, double weight) {
  return std::isfinite(limit) && (weight == 0 ? limit >= 0 : limit > 0);
}

Result<void> validate_deliveries(const TopicScoreParams& t) {
  OPW_TRYV(require(is_penalty(t.mesh_deliveries_weight), "mesh_deliveries_weight is negative or 0"));
  OPW_TRYV(require(is_decay(t.mesh_deliveries_decay, t.mesh_deliveries_weight), "mesh_deliveries_decay lies in 0..1"));
  OPW_TRYV(require(is_limit(t.mesh_deliveries_cap, t.mesh_deliveries_weight), "mesh_deliveries_cap is positive"));
  OPW_TRYV(require(is_limit(t.mesh_deliveries_threshold, t.mesh_deliveries_weight),
                   "mesh_deliveries_threshold is positive"));
  OPW_TRYV(require(t.mesh_deliveries_window >= Duration::zero(), "mesh_deliveries_window is not negative"));
  OPW_TRYV(require(t.mesh_deliveries_activation >=
                       (t.mesh_deliveries_weight == 0 ? Duration::zero() : Duration(std::chrono::seconds(1))),
                   "mesh_deliveries_activation is at least a second"));
  OPW_TRYV(require(is_penalty(t.mesh_failures_weight), "mesh_failures_weight is negative or 0"));
  return require(is_decay(t.mesh_failures_decay, t.mesh_failures_weight), "mesh_failures_decay lies in 0..1");
}

Result<void> validate_topic(const TopicScoreParams& t) {
  OPW_TRYV(require(is_reward(t.weight), "a topic's weight is positive or 0"));
  OPW_TRYV(require(is_reward(t.time_in_mesh_weight), "time_in_mesh_weight is positive or 0"));
  OPW_TRYV(require(t.time_in_mesh_quantum > Duration::zero(), "time_in_mesh_quantum is positive"));
  OPW_TRYV(require(is_limit(t.time_in_mesh_cap, t.time_in_mesh_weight), "time_in_mesh_cap is positive"));
  OPW_TRYV(require(is_reward(t.first_deliveries_weight), "first_deliveries_weight is positive or 0"));
  OPW_TRYV(
      require(is_decay(t.first_deliveries_decay, t.first_deliveries_weight), "first_deliveries_decay lies in 0..1"));
  OPW_TRYV(require(is_limit(t.first_deliveries_cap, t.first_deliveries_weight), "first_deliveries_cap is positive"));
  OPW_TRYV(validate_deliveries(t));
  OPW_TRYV(require(is_penalty(t.invalid_messages_weight), "invalid_messages_weight is negative or 0"));
  return require(is_decay(t.invalid_messages_decay, t.invalid_messages_weight), "invalid_messages_decay lies in 0..1");
}

Result<void> validate_range(const IpRange& range) {
  OPW_TRYV(require(range.address.size() == 4 || range.address.size() == 16, "an IP range's address has 4 or 16 bytes"));
  return require(range.bits <= 8 * range.address.size(), "an IP range has no more bits than its address");
}

}  // namespace

double decay_factor(Duration lifetime, Duration interval) {
  OPW_CHECK(interval > Duration::zero() && interval <= lifetime);
  return std::pow(0.01, 1 / static_cast<double>(lifetime / interval));
}

Result<void> TopicScoreParams::validate() const {
  return validate_topic(*this);
}

bool IpRange::contains(ByteView ip) const noexcept {
  return multiformats::has_ip_prefix(ip, address, bits);
}

Result<void> ScoreParams::validate() const {
  for (const auto& [topic, topic_params] : topics) OPW_TRYV(topic_params.validate());
  OPW_TRYV(require(is_reward(topic_score_cap), "topic_score_cap is positive or 0"));
  OPW_TRYV(require(std::isfinite(app_weight), "app_weight is a number"));
  OPW_TRYV(require(is_penalty(ip_colocation_weight), "ip_colocation_weight is negative or 0"));
  OPW_TRYV(require(ip_colocation_weight == 0 || ip_colocation_threshold >= 1, "ip_colocation_threshold is at least 1"));
  for (const IpRange& range : ip_colocation_exempt) OPW_TRYV(validate_range(range));
  OPW_TRYV(require(is_penalty(behaviour_weight), "behaviour_weight is negative or 0"));
  OPW_TRYV(require(is_reward(behaviour_threshold), "behaviour_threshold is positive or 0"));
  OPW_TRYV(require(is_decay(behaviour_decay, behaviour_weight), "behaviour_decay lies in 0..1"));
  OPW_TRYV(require(decay_interval >= std::chrono::seconds(1), "decay_interval is at least a second"));
  OPW_TRYV(require(decay_to_zero > 0 && decay_to_zero < 1, "decay_to_zero lies in 0..1"));
  OPW_TRYV(require(retain_score >= Duration::zero(), "retain_score is not negative"));
  OPW_TRYV(require(delivery_record_ttl > Duration::zero(), "delivery_record_ttl is positive"));
  return require(max_delivery_records > 0, "max_delivery_records is positive");
}

Result<void> ScoreThresholds::validate() const {
  OPW_TRYV(require(is_penalty(gossip), "the gossip threshold is negative or 0"));
  OPW_TRYV(require(is_penalty(publish) && publish <= gossip, "the publish threshold is at most that of gossip"));
  OPW_TRYV(require(is_penalty(graylist) && graylist <= publish, "the graylist threshold is at most that of publish"));
  OPW_TRYV(require(is_reward(accept_px), "the accept_px threshold is positive or 0"));
  return require(is_reward(opportunistic_graft), "the opportunistic_graft threshold is positive or 0");
}

}  // namespace opwire::gossipsub
