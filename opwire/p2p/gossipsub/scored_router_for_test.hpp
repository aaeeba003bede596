// A router whose peers are worth what the test says (P5 alone).
#pragma once

#include <map>
#include <memory>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub::test {

using Worth = std::map<PeerId, double>;

inline constexpr double kGossipThreshold = -10, kPublishThreshold = -20, kGraylistThreshold = -30;
inline constexpr double kAcceptPxThreshold = 5, kGraftThreshold = 2;

/// Scoring by the application alone, and P7 as it is in Go's examples.
inline Params scored_by(const std::shared_ptr<Worth>& worth, Params params) {
  Scoring scoring;
  scoring.params.app_weight = 1;
  scoring.params.behaviour_weight = -1;
  scoring.params.behaviour_decay = 0.99;
  scoring.thresholds = {kGossipThreshold, kPublishThreshold, kGraylistThreshold, kAcceptPxThreshold, kGraftThreshold};
  scoring.app = [worth](const PeerId& peer) {
    const auto known = worth->find(peer);
    return known == worth->end() ? 0 : known->second;
  };
  params.scoring = std::move(scoring);
  return params;
}

class ScoredRouter : public TestRouter {
 public:
  explicit ScoredRouter(Params params = {}, Surroundings given = {})
      : ScoredRouter(std::make_shared<Worth>(), std::move(params), std::move(given)) {}

  void set_worth(const PeerId& peer, double score) { (*worth_)[peer] = score; }

 private:
  ScoredRouter(std::shared_ptr<Worth> worth, Params params, Surroundings given)
      : TestRouter(scored_by(worth, std::move(params)), std::move(given)), worth_(std::move(worth)) {}

  std::shared_ptr<Worth> worth_;
};

inline unsigned count_blame(TestRouter& t, const ErrorKind& kind) {
  unsigned count = 0;
  for (const auto& action : t.take<Misbehaviour>()) count += action.error.is(kind) ? action.count : 0;
  return count;
}

}  // namespace opwire::gossipsub::test
