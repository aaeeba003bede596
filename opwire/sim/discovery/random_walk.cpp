#include "opwire/sim/discovery/random_walk.hpp"

#include <algorithm>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/lookup.hpp"

namespace opwire::sim {

Task<discv5::RecordPtr> RandomWalk::next() {
  while (ready_.empty()) {
    if (replies_.empty() && !ask()) {
      begin();
      if (ready_.empty() && !co_await sleep_for(loop_, std::chrono::seconds(1))) co_return nullptr;
      continue;
    }
    while (replies_.empty()) {
      if (!co_await replied_.wait()) co_return nullptr;
    }
    take(replies_.front());
    replies_.pop_front();
  }
  discv5::RecordPtr record = std::move(ready_.front());
  ready_.pop_front();
  co_return record;
}

void RandomWalk::begin() {
  rng_.fill(target_.bytes);
  seen_ = {node_.id()};
  asked_.clear();
  nearest_.clear();
  take(node_.protocol().table().closest(target_, kNearest, false));
}

void RandomWalk::take(const std::vector<discv5::Contact>& nodes) {
  for (const discv5::Contact& contact : nodes) {
    if (!seen_.insert(contact.id).second) continue;
    ready_.push_back(contact.record);
    const auto place = std::ranges::partition_point(
        nearest_, [&](const discv5::Contact& other) { return discv5::is_closer(target_, other.id, contact.id); });
    nearest_.insert(place, contact);
    if (nearest_.size() > kNearest) nearest_.pop_back();
  }
}

bool RandomWalk::ask() {
  for (const discv5::Contact& contact : nearest_) {
    if (asking_ >= kAtOnce) break;
    if (!asked_.insert(contact.id).second) continue;
    ++asking_;
    node_.find_node(contact, discv5::Lookup::distances(target_, contact.id),
                    [this](const Result<std::vector<discv5::RecordPtr>>& records, TimePoint) {
                      --asking_;
                      std::vector<discv5::Contact> told;
                      if (records) {
                        for (const auto& record : *records) {
                          if (auto one = discv5::contact_of(record, {})) told.push_back(std::move(*one));
                        }
                      }
                      replies_.push_back(std::move(told));
                      replied_.notify_all();
                    });
  }
  return asking_ > 0;
}

}  // namespace opwire::sim
