#include "opwire/p2p/gossipsub/promises.hpp"

#include <algorithm>

namespace opwire::gossipsub {

void Promises::add(const PeerId& peer, const MessageId& id, TimePoint deadline) {
  promises_[id].try_emplace(peer, deadline);
}

void Promises::fulfil(const MessageId& id) {
  promises_.erase(id);
}

template <class Test>
void Promises::remove_if(Test test) {
  for (auto promise = promises_.begin(); promise != promises_.end();) {
    std::erase_if(promise->second, test);
    promise = promise->second.empty() ? promises_.erase(promise) : std::next(promise);
  }
}

void Promises::forget(const PeerId& peer) {
  remove_if([&](const auto& promise) { return promise.first == peer; });
}

bool Promises::holds_any_of(const PeerId& peer) const {
  return std::ranges::any_of(promises_, [&](const auto& promise) { return promise.second.contains(peer); });
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
  for (const auto& [id, peers] : promises_) total += peers.size();
  return total;
}

}  // namespace opwire::gossipsub
