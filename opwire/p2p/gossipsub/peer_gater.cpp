#include "opwire/p2p/gossipsub/peer_gater.hpp"

#include <algorithm>
#include <cmath>

#include "opwire/p2p/gossipsub/require.hpp"

namespace opwire::gossipsub {
namespace {

bool is_inner(double share) {
  return share > 0 && share < 1;
}
bool is_positive(double number) {
  return number > 0 && std::isfinite(number);
}

}  // namespace

Result<void> PeerGaterParams::validate() const {
  OPW_TRYV(require(is_positive(threshold), "the gater's threshold is positive"));
  OPW_TRYV(require(quiet >= std::chrono::seconds(1), "the gater's quiet is at least a second"));
  OPW_TRYV(require(is_positive(duplicate_weight), "duplicate_weight is positive"));
  OPW_TRYV(require(ignore_weight >= 1 && std::isfinite(ignore_weight), "ignore_weight is at least 1"));
  OPW_TRYV(require(reject_weight >= 1 && std::isfinite(reject_weight), "reject_weight is at least 1"));
  for (const auto& [topic, weight] : topic_weights) {
    OPW_TRYV(require(is_positive(weight), "a topic's weight in the gater is positive"));
  }
  OPW_TRYV(require(is_inner(global_decay) && is_inner(source_decay), "the gater's decays lie in 0..1"));
  OPW_TRYV(require(decay_interval >= std::chrono::seconds(1), "the gater's decay_interval is at least a second"));
  OPW_TRYV(require(is_inner(decay_to_zero), "the gater's decay_to_zero lies in 0..1"));
  return require(retain >= Duration::zero(), "the gater's retain is not negative");
}

PeerGater::PeerGater(PeerGaterParams params, KeyedHash hash)
    : params_(std::move(params)), peers_(0, {hash}), connected_(0, {hash}), retained_(0, {hash}) {}

void PeerGater::on_connected(const PeerId& peer, const Multiaddr& remote) {
  const auto [entry, added] = peers_.try_emplace(peer, nullptr);
  if (!added) return;
  const IpKey ip = IpKey::of(remote);
  if (const auto known = retained_.find(ip); known != retained_.end()) {
    expiry_.erase({known->second.expires, ip});
    connected_.insert(retained_.extract(known));
  }
  entry->second = &*connected_.try_emplace(ip).first;
  ++entry->second->second.connected;
}

void PeerGater::on_disconnected(const PeerId& peer, TimePoint now) {
  const auto entry = peers_.find(peer);
  if (entry == peers_.end()) return;
  const auto source = connected_.find(entry->second->first);
  peers_.erase(entry);
  if (--source->second.connected == 0) retain(source, now + params_.retain);
}

void PeerGater::retain(Sources::iterator source, TimePoint until) {
  source->second.expires = until;
  expiry_.emplace(until, source->first);
  retained_.insert(connected_.extract(source));
  if (retained_.size() > params_.max_retained) forget_first_retained();
}

void PeerGater::forget_first_retained() {
  retained_.erase(expiry_.begin()->second);
  expiry_.erase(expiry_.begin());
}

void PeerGater::on_throttled(TimePoint now) noexcept {
  throttled_ += 1;
  last_throttled_ = now;
}

void PeerGater::on_delivered(const PeerId& peer, std::string_view topic) {
  Source* const source = find(peer);
  if (source == nullptr) return;
  const auto weight = params_.topic_weights.find(topic);
  source->delivered += weight == params_.topic_weights.end() ? 1 : weight->second;
}

void PeerGater::on_duplicate(const PeerId& peer) {
  if (Source* const source = find(peer)) source->duplicate += 1;
}

void PeerGater::on_ignored(const PeerId& peer) {
  if (Source* const source = find(peer)) source->ignored += 1;
}

void PeerGater::on_rejected(const PeerId& peer) {
  if (Source* const source = find(peer)) source->rejected += 1;
}

bool PeerGater::is_on(TimePoint now) const noexcept {
  if (!last_throttled_ || now - *last_throttled_ > params_.quiet || throttled_ == 0) return false;
  return throttled_ >= params_.threshold * validated_;
}

bool PeerGater::admits_messages(const PeerId& peer, TimePoint now, Rng& rng) const {
  if (!is_on(now)) return true;
  const auto entry = peers_.find(peer);
  if (entry == peers_.end()) return true;
  const Source& source = entry->second->second;
  const double total = source.delivered + params_.duplicate_weight * source.duplicate +
                       params_.ignore_weight * source.ignored + params_.reject_weight * source.rejected;
  // The 1 gives everybody a chance yet, and nobody is dropped for the first useless message alone.
  return rng.unit() < (1 + source.delivered) / (1 + total);
}

void PeerGater::refresh(TimePoint now) {
  while (!expiry_.empty() && expiry_.begin()->first < now) forget_first_retained();
  const auto shrink = [&](double& counter, double factor) {
    counter *= factor;
    if (counter < params_.decay_to_zero) counter = 0;
  };
  shrink(validated_, params_.global_decay);
  shrink(throttled_, params_.global_decay);
  for (auto& [ip, source] : connected_) {
    for (double Source::* const counter :
         {&Source::delivered, &Source::duplicate, &Source::ignored, &Source::rejected}) {
      shrink(source.*counter, params_.source_decay);
    }
  }
}

PeerGater::Source* PeerGater::find(const PeerId& peer) {
  const auto entry = peers_.find(peer);
  return entry == peers_.end() ? nullptr : &entry->second->second;
}

}  // namespace opwire::gossipsub
