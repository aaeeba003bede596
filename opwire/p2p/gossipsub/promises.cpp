#include "opwire/p2p/gossipsub/promises.hpp"

namespace opwire::gossipsub {

void Promises::add(const PeerId& peer, const MessageId& id, TimePoint deadline) {
  if (promises_[id].try_emplace(peer, deadline).second) ++counts_[peer];
}

void Promises::fulfil(const MessageId& id) {
  const auto kept = promises_.find(id);
  if (kept == promises_.end()) return;
  for (const auto& [peer, deadline] : kept->second) count_less(peer);
  promises_.erase(kept);
}

template <class Test>
void Promises::remove_if(Test test) {
  for (auto promise = promises_.begin(); promise != promises_.end();) {
    std::erase_if(promise->second, [&](const auto& one) {
      if (!test(one)) return false;
      count_less(one.first);
      return true;
    });
    promise = promise->second.empty() ? promises_.erase(promise) : std::next(promise);
  }
}

void Promises::count_less(const PeerId& peer) {
  const auto counted = counts_.find(peer);
  if (--counted->second == 0) counts_.erase(counted);
}

void Promises::forget(const PeerId& peer) {
  if (holds_any_of(peer)) remove_if([&](const auto& promise) { return promise.first == peer; });
}

void Promises::clear() {
  promises_.clear();
  counts_.clear();
}

std::vector<Promises::Broken> Promises::take_broken(TimePoint now) {
  std::map<PeerId, unsigned> counts;
  remove_if([&](const auto& promise) {
    if (promise.second > now) return false;
    ++counts[promise.first];
    return true;
  });
  std::vector<Broken> broken;
  for (const auto& [peer, count] : counts) broken.push_back({peer, count});
  return broken;
}

std::size_t Promises::size() const noexcept {
  std::size_t total = 0;
  for (const auto& [peer, count] : counts_) total += count;
  return total;
}

}  // namespace opwire::gossipsub
