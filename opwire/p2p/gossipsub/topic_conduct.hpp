// What one peer did in one topic, and what that is worth: P1 to P4.
#pragma once

#include <string>
#include <utility>

#include "opwire/p2p/gossipsub/score_params.hpp"

namespace opwire::gossipsub {

/// A topic's name and how conduct in it counts.
using ScoredTopic = decltype(ScoreParams::topics)::value_type;

class TopicConduct {
 public:
  /// The topic must live as long.
  explicit TopicConduct(const ScoredTopic& topic) noexcept : topic_(&topic) {}

  void on_graft(TimePoint now) noexcept;
  /// Out of the mesh: a deficit in deliveries sticks.
  void on_prune() noexcept;
  /// The peer is gone: out of the mesh, and without its first deliveries.
  void on_disconnected() noexcept;

  void on_first_delivery() noexcept;
  /// Not the first to bring it, but early enough. Counts in the mesh only.
  void on_near_delivery() noexcept;
  void on_invalid_message() noexcept { invalid_messages_ += 1; }

  /// One decay interval has passed.
  void decay(double decay_to_zero, TimePoint now) noexcept;
  /// The topic's parameters have changed.
  void cap() noexcept;

  /// Weighted with the topic's weight.
  double score() const noexcept;

  const ScoredTopic& topic() const noexcept { return *topic_; }
  Duration time_in_mesh() const noexcept { return in_mesh_ ? time_in_mesh_ : Duration::zero(); }
  double first_deliveries() const noexcept { return first_deliveries_; }
  double mesh_deliveries() const noexcept { return mesh_deliveries_; }
  double invalid_messages() const noexcept { return invalid_messages_; }

 private:
  const TopicScoreParams& params() const noexcept { return topic_->second; }
  double deficit_squared() const noexcept;

  const ScoredTopic* topic_;
  bool in_mesh_ = false;
  bool active_ = false;  ///< P3 counts; from the activation time in a mesh to the next graft
  TimePoint grafted_{};
  Duration time_in_mesh_{};  ///< as of the last interval
  double first_deliveries_ = 0;
  double mesh_deliveries_ = 0;
  double mesh_failures_ = 0;
  double invalid_messages_ = 0;
};

}  // namespace opwire::gossipsub
