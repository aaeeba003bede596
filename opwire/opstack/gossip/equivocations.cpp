#include "opwire/opstack/gossip/equivocations.hpp"

#include <algorithm>

namespace opwire::opstack {

const Equivocation* Equivocations::note(const Sighting& sighting, bool too_old) {
  const SignedBlock& block = sighting.block;
  const auto is_same = [&block](const Sighting& other) { return other.block.payload_hash == block.payload_hash; };
  Equivocation* known = find(block.number);
  if (known == nullptr) {
    const auto first = first_.find(block.number.value);
    if (first == first_.end()) {
      if (!too_old) remember(sighting);
      return nullptr;
    }
    if (is_same(first->second)) return nullptr;
    if (all_.size() >= kHeights) all_.pop_front();
    known = &all_.emplace_back(Equivocation{block.number, {first->second}});
  }
  if (std::ranges::any_of(known->blocks, is_same)) return nullptr;
  if (known->blocks.size() >= kBlocks) {
    known->more = true;
    return nullptr;
  }
  known->blocks.push_back(sighting);
  ++total_;
  return known;
}

void Equivocations::remember(const Sighting& sighting) {
  if (order_.size() >= kRemembered) {
    first_.erase(order_.front());
    order_.pop_front();
  }
  first_.emplace(sighting.block.number.value, sighting);
  order_.push_back(sighting.block.number.value);
}

Equivocation* Equivocations::find(BlockNumber number) {
  const auto found = std::ranges::find_if(all_, [number](const Equivocation& one) { return one.number == number; });
  return found == all_.end() ? nullptr : &*found;
}

}  // namespace opwire::opstack
