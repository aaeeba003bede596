#include "opwire/p2p/gossipsub/delivery_records.hpp"

#include <algorithm>
#include <utility>

namespace opwire::gossipsub {

void DeliveryRecords::begin(const MessageId& id, const PeerId& from, TimePoint now) {
  expire(now);
  const auto [found, added] = records_.try_emplace(id);
  if (added) order_.push({now + ttl_, id});
  move_to(found->second, Status::kPending);
  note(found->second, from);
}

DeliveryRecords::Repeat DeliveryRecords::repeat(const MessageId& id, const PeerId& from, Duration window,
                                                TimePoint now) {
  const auto found = records_.find(id);
  if (found == records_.end()) return Repeat::kNothing;
  Record& record = found->second;
  if (record.status == Status::kRejected) return Repeat::kInvalid;
  if (record.status == Status::kIgnored) return Repeat::kNothing;
  // Nothing that comes late counts, so it need not be remembered either.
  const bool accepted = record.status == Status::kAccepted;
  if (accepted && now - record.accepted > window) return Repeat::kNothing;
  if (std::ranges::find(record.bringers, from) != record.bringers.end()) return Repeat::kNothing;
  note(record, from);
  return accepted ? Repeat::kNear : Repeat::kNoted;
}

std::vector<PeerId> DeliveryRecords::accept(const MessageId& id, TimePoint now) {
  Record* const record = find_pending(id);
  if (record == nullptr) return {};
  record->status = Status::kAccepted;
  record->accepted = now;
  return record->bringers;
}

std::vector<PeerId> DeliveryRecords::reject(const MessageId& id) {
  Record* const record = find_pending(id);
  return record == nullptr ? std::vector<PeerId>{} : move_to(*record, Status::kRejected);
}

void DeliveryRecords::ignore(const MessageId& id) {
  Record* const record = find_pending(id);
  if (record != nullptr) move_to(*record, Status::kIgnored);
}

void DeliveryRecords::expire(TimePoint now) {
  while (!order_.empty() && order_.front().expires <= now) drop_oldest();
}

DeliveryRecords::Record* DeliveryRecords::find_pending(const MessageId& id) {
  const auto found = records_.find(id);
  return found == records_.end() || found->second.status != Status::kPending ? nullptr : &found->second;
}

std::vector<PeerId> DeliveryRecords::move_to(Record& record, Status status) {
  record.status = status;
  bringers_ -= record.bringers.size();
  return std::exchange(record.bringers, {});
}

void DeliveryRecords::note(Record& record, const PeerId& peer) {
  record.bringers.push_back(peer);
  ++bringers_;
  // The record itself may be the oldest: it is not touched after this.
  while (std::max(bringers_, records_.size()) > capacity_) drop_oldest();
}

void DeliveryRecords::drop_oldest() {
  const auto found = records_.find(order_.front().id);
  bringers_ -= found->second.bringers.size();
  records_.erase(found);
  order_.pop();
}

}  // namespace opwire::gossipsub
