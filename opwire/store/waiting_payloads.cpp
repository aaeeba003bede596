#include "opwire/store/waiting_payloads.hpp"

#include <algorithm>

namespace opwire::store {
namespace {

// With what it takes to keep one.
std::size_t size_of(const ArchivedPayload& payload) noexcept {
  return 512 + payload.framed.size();
}

bool is_signed(const ArchivedPayload& payload) noexcept {
  return payload.kind == PayloadKind::kSigned;
}

}  // namespace

std::size_t WaitingPayloads::put(ArchivedPayload payload) {
  if (const auto same = by_hash_.find(payload.hash); same != by_hash_.end()) {
    const Ticket ticket = same->second;
    if (is_signed(*payloads_.at(ticket)) || !is_signed(payload)) return 0;
    if (ticket > taken_) erase(ticket);
  }
  const Ticket ticket = ++last_;
  bytes_ += size_of(payload);
  by_number_.emplace(payload.number, ticket);
  by_hash_[payload.hash] = ticket;
  payloads_.emplace(ticket, std::make_shared<const ArchivedPayload>(std::move(payload)));
  std::size_t dropped = 0;
  for (auto at = by_number_.begin(); bytes_ > max_bytes_ && at != by_number_.end();) {
    const Ticket lowest = (at++)->second;
    if (lowest <= taken_) continue;
    erase(lowest);
    ++dropped;
  }
  return dropped;
}

WaitingPayloads::Some WaitingPayloads::take(std::size_t most, std::size_t bytes) {
  Some some;
  std::size_t taken = 0;
  for (const auto& [ticket, payload] : payloads_) {
    if (some.payloads.size() == most || taken >= bytes) break;
    taken += size_of(*payload);
    some.payloads.push_back(payload);
    some.last = ticket;
  }
  taken_ = some.last;
  return some;
}

void WaitingPayloads::done(const Some& some) {
  taken_ = 0;
  while (!payloads_.empty() && payloads_.begin()->first <= some.last) erase(payloads_.begin()->first);
}

std::vector<WaitingPayloads::Payload> WaitingPayloads::by_number(BlockNumber number) const {
  std::vector<Payload> signed_ones;
  std::vector<Payload> linked_ones;
  for (auto at = by_number_.lower_bound({number, 0}); at != by_number_.end() && at->first == number; ++at) {
    const Payload& payload = payloads_.at(at->second);
    if (by_hash_.at(payload->hash) != at->second) continue;  // signed meanwhile
    (is_signed(*payload) ? signed_ones : linked_ones).push_back(payload);
  }
  std::reverse(signed_ones.begin(), signed_ones.end());
  signed_ones.insert(signed_ones.end(), linked_ones.rbegin(), linked_ones.rend());
  return signed_ones;
}

WaitingPayloads::Payload WaitingPayloads::by_hash(const Hash256& hash) const {
  const auto found = by_hash_.find(hash);
  return found == by_hash_.end() ? nullptr : payloads_.at(found->second);
}

void WaitingPayloads::erase(Ticket ticket) {
  const auto at = payloads_.find(ticket);
  const ArchivedPayload& payload = *at->second;
  bytes_ -= size_of(payload);
  by_number_.erase({payload.number, ticket});
  // A later one of the same hash has its place already; or it goes back to one that is being written.
  const auto named = by_hash_.find(payload.hash);
  if (named != by_hash_.end() && named->second == ticket) {
    if (const Ticket other = find_other(payload); other != 0) {
      named->second = other;
    } else {
      by_hash_.erase(named);
    }
  }
  payloads_.erase(at);
}

WaitingPayloads::Ticket WaitingPayloads::find_other(const ArchivedPayload& payload) const {
  for (auto at = by_number_.lower_bound({payload.number, 0}); at != by_number_.end() && at->first == payload.number;
       ++at) {
    if (payloads_.at(at->second)->hash == payload.hash) return at->second;
  }
  return 0;
}

}  // namespace opwire::store
