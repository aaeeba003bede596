#include "opwire/p2p/swarm/tag_book.hpp"

#include <algorithm>
#include <cmath>

#include "opwire/base/check.hpp"

namespace opwire::swarm {
namespace {

int by_amount(int value, int amount, std::int64_t ticks) {
  const std::int64_t until_gone = (value + std::int64_t{amount} - 1) / amount;
  return ticks >= until_gone ? 0 : static_cast<int>(value - ticks * amount);
}

// Every step takes at least 1, so there are no more steps than the value.
int by_factor(int value, double factor, std::int64_t ticks) {
  for (; ticks > 0 && value > 0; --ticks) value = static_cast<int>(std::floor(value * factor));
  return value;
}

void check_definition(const DecayingTag& tag) {
  OPW_CHECK(!tag.name.empty() && tag.interval >= std::chrono::seconds(1) && tag.cap > 0);
  OPW_CHECK(tag.decay.kind != Decay::Kind::kAmount || tag.decay.amount >= 1);
  OPW_CHECK(tag.decay.kind != Decay::Kind::kFactor || (tag.decay.factor >= 0 && tag.decay.factor < 1));
}

}  // namespace

void TagBook::protect(const PeerId& peer, std::string_view tag) {
  if (protected_.size() >= kMaxPeers && !protected_.contains(peer)) return;
  std::vector<std::string>& tags = protected_[peer];
  if (tags.size() >= kMaxTags || std::find(tags.begin(), tags.end(), tag) != tags.end()) return;
  tags.emplace_back(tag);
}

void TagBook::unprotect(const PeerId& peer, std::string_view tag) {
  const auto found = protected_.find(peer);
  if (found == protected_.end()) return;
  std::erase(found->second, tag);
  if (found->second.empty()) protected_.erase(found);
}

bool TagBook::is_protected_by(const PeerId& peer, std::string_view tag) const {
  const auto found = protected_.find(peer);
  return found != protected_.end() && std::find(found->second.begin(), found->second.end(), tag) != found->second.end();
}

std::vector<PeerId> TagBook::protected_by(std::string_view tag) const {
  std::vector<PeerId> peers;
  for (const auto& [peer, tags] : protected_) {
    if (std::find(tags.begin(), tags.end(), tag) != tags.end()) peers.push_back(peer);
  }
  return peers;
}

void TagBook::set(const PeerId& peer, std::string_view tag, int value, TimePoint now) {
  if (Value* const entry = find_or_add(peer, tag, nullptr, now)) entry->value = value;
}

void TagBook::remove(const PeerId& peer, std::string_view tag) {
  erase_value(peer, tag, false);
}

void TagBook::erase_value(const PeerId& peer, std::string_view tag, bool decaying) {
  const auto found = valued_.find(peer);
  if (found == valued_.end()) return;
  std::erase_if(found->second.values, [&](const Value& value) { return value.is(tag, decaying); });
  if (found->second.values.empty()) valued_.erase(found);
}

void TagBook::define_decaying(DecayingTag tag, TimePoint now) {
  check_definition(tag);
  const std::string name = tag.name;
  const bool is_new = definitions_.emplace(name, Definition{std::move(tag), now}).second;
  OPW_CHECK(is_new);
}

void TagBook::remove_decaying(std::string_view tag) {
  const auto definition = definitions_.find(tag);
  if (definition == definitions_.end()) return;
  for (auto peer = valued_.begin(); peer != valued_.end();) {
    std::vector<Value>& values = peer->second.values;
    std::erase_if(values, [&](const Value& value) { return value.decaying == &definition->second; });
    peer = values.empty() ? valued_.erase(peer) : std::next(peer);
  }
  definitions_.erase(definition);
}

void TagBook::bump(const PeerId& peer, std::string_view tag, int by, TimePoint now) {
  const auto definition = definitions_.find(tag);
  OPW_CHECK(definition != definitions_.end());
  Value* const entry = find_or_add(peer, tag, &definition->second, now);
  if (entry == nullptr) return;
  const std::int64_t sum = std::int64_t{value_at(*entry, now)} + by;
  entry->value = static_cast<int>(std::clamp<std::int64_t>(sum, 0, definition->second.tag.cap));
  entry->changed = now;
  if (entry->value == 0) erase_value(peer, tag, true);
}

int TagBook::value_at(const Value& value, TimePoint now) {
  if (value.decaying == nullptr) return value.value;
  const Definition& definition = *value.decaying;
  const std::int64_t ticks = definition.ticks(now) - definition.ticks(value.changed);
  const Decay& decay = definition.tag.decay;
  if (ticks <= 0) return value.value;
  switch (decay.kind) {
    case Decay::Kind::kNone:
      return value.value;
    case Decay::Kind::kAmount:
      return by_amount(value.value, decay.amount, ticks);
    case Decay::Kind::kFactor:
      return by_factor(value.value, decay.factor, ticks);
    case Decay::Kind::kExpiry:
      break;
  }
  const TimePoint last_tick = definition.since + definition.ticks(now) * definition.tag.interval;
  return last_tick - value.changed >= decay.after ? 0 : value.value;
}

std::int64_t TagBook::value(const PeerId& peer, TimePoint now) const {
  const auto found = valued_.find(peer);
  if (found == valued_.end()) return 0;
  std::int64_t sum = 0;
  for (const Value& value : found->second.values) sum += value_at(value, now);
  return sum;
}

TagBook::Value* TagBook::find_or_add(const PeerId& peer, std::string_view tag, const Definition* decaying,
                                     TimePoint now) {
  auto found = valued_.find(peer);
  if (found == valued_.end()) {
    if (valued_.size() >= kMaxPeers) sweep(now);
    if (valued_.size() >= kMaxPeers) return nullptr;
    found = valued_.emplace(peer, Valued{now, {}}).first;
  }
  found->second.touched = now;
  std::vector<Value>& values = found->second.values;
  for (Value& value : values) {
    if (value.is(tag, decaying != nullptr)) return &value;
  }
  if (values.size() >= kMaxTags) return nullptr;
  return &values.emplace_back(Value{decaying == nullptr ? std::string(tag) : std::string(), decaying, 0, now});
}

void TagBook::on_connected(const PeerId& peer, TimePoint now) {
  const auto found = valued_.find(peer);
  if (found != valued_.end() && is_stale(found->second, now)) valued_.erase(found);
}

void TagBook::sweep(TimePoint now) {
  std::erase_if(valued_, [&](const auto& entry) { return is_stale(entry.second, now) && !is_connected_(entry.first); });
}

}  // namespace opwire::swarm
