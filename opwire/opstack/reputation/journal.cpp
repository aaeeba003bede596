#include "opwire/opstack/reputation/journal.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"

namespace opwire::opstack::reputation {

void Journal::attach(Table table, const JournalSource& book) {
  const JournalSource*& source = sources_[static_cast<std::size_t>(table)];
  OPW_CHECK(source == nullptr);
  source = &book;
}

void Journal::note(Table table, ByteView key) {
  std::string name(1, static_cast<char>(table));
  name.append(as_text(key));
  if (known_.contains(name)) return;
  if (order_.size() >= max_waiting_) {
    ++lost_;
    return;
  }
  order_.push_back(&*known_.insert(std::move(name)).first);
}

std::vector<Change> Journal::take_changes(std::size_t max) {
  std::vector<Change> changes(std::min(max, order_.size()));
  for (Change& change : changes) {
    const std::string& name = *order_.front();
    order_.pop_front();
    change.table = static_cast<Table>(name.front());
    change.key = to_bytes(as_bytes(name).subspan(1));
    change.now = sources_[static_cast<std::size_t>(change.table)]->stored(change.table, change.key);
    known_.erase(known_.find(name));
  }
  return changes;
}

void Journal::forget() {
  order_.clear();
  known_.clear();
}

}  // namespace opwire::opstack::reputation
