#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::opstack {

gossipsub::Scoring light_scoring(Duration block_time, gossipsub::AppScore app) {
  const Duration slot = block_time > Duration::zero() ? block_time : Duration(std::chrono::seconds(2));
  const Duration epoch = 6 * slot;
  gossipsub::Scoring scoring;
  gossipsub::ScoreParams& params = scoring.params;
  params.app_weight = 1;
  params.ip_colocation_weight = -35;
  params.ip_colocation_threshold = 10;
  params.behaviour_weight = -16;
  params.behaviour_threshold = 6;
  params.behaviour_decay = gossipsub::decay_factor(10 * epoch, slot);
  params.decay_interval = slot;
  params.decay_to_zero = 0.01;
  params.retain_score = 100 * epoch;
  scoring.thresholds.gossip = -10;
  scoring.thresholds.publish = -40;
  scoring.thresholds.graylist = -40;
  scoring.thresholds.accept_px = 20;
  scoring.thresholds.opportunistic_graft = 0.05;
  scoring.app = std::move(app);
  return scoring;
}

}  // namespace opwire::opstack
