#include "opwire/p2p/gossipsub/topic_conduct.hpp"

#include <algorithm>

namespace opwire::gossipsub {
namespace {

void shrink(double& counter, double factor, double decay_to_zero) {
  counter *= factor;
  if (counter < decay_to_zero) counter = 0;
}

}  // namespace

void TopicConduct::on_graft(TimePoint now) noexcept {
  in_mesh_ = true;
  active_ = false;
  grafted_ = now;
  time_in_mesh_ = Duration::zero();
}

void TopicConduct::on_prune() noexcept {
  if (in_mesh_) mesh_failures_ += deficit_squared();
  in_mesh_ = false;
}

void TopicConduct::on_disconnected() noexcept {
  on_prune();
  first_deliveries_ = 0;
}

void TopicConduct::on_first_delivery() noexcept {
  first_deliveries_ = std::min(first_deliveries_ + 1, params().first_deliveries_cap);
  on_near_delivery();
}

void TopicConduct::on_near_delivery() noexcept {
  if (in_mesh_) mesh_deliveries_ = std::min(mesh_deliveries_ + 1, params().mesh_deliveries_cap);
}

void TopicConduct::decay(double decay_to_zero, TimePoint now) noexcept {
  shrink(first_deliveries_, params().first_deliveries_decay, decay_to_zero);
  shrink(mesh_deliveries_, params().mesh_deliveries_decay, decay_to_zero);
  shrink(mesh_failures_, params().mesh_failures_decay, decay_to_zero);
  shrink(invalid_messages_, params().invalid_messages_decay, decay_to_zero);
  if (!in_mesh_) return;
  time_in_mesh_ = now - grafted_;
  if (time_in_mesh_ > params().mesh_deliveries_activation) active_ = true;
}

void TopicConduct::cap() noexcept {
  first_deliveries_ = std::min(first_deliveries_, params().first_deliveries_cap);
  mesh_deliveries_ = std::min(mesh_deliveries_, params().mesh_deliveries_cap);
}

double TopicConduct::deficit_squared() const noexcept {
  if (!active_) return 0;
  const double deficit = std::max(params().mesh_deliveries_threshold - mesh_deliveries_, 0.0);
  return deficit * deficit;
}

double TopicConduct::score() const noexcept {
  const TopicScoreParams& p = params();
  const auto quanta = static_cast<double>(time_in_mesh() / p.time_in_mesh_quantum);
  return p.weight *
         (std::min(quanta, p.time_in_mesh_cap) * p.time_in_mesh_weight + first_deliveries_ * p.first_deliveries_weight +
          deficit_squared() * p.mesh_deliveries_weight + mesh_failures_ * p.mesh_failures_weight +
          invalid_messages_ * invalid_messages_ * p.invalid_messages_weight);
}

}  // namespace opwire::gossipsub
