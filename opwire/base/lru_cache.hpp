// A map of bounded size that forgets what was used longest ago.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

#include "opwire/base/check.hpp"

namespace opwire {

template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
 public:
  /// At least one.
  explicit LruCache(std::size_t capacity) : capacity_(capacity) { OPW_CHECK(capacity > 0); }

  /// The value, now the most recently used; null when unknown. Valid until the next insertion.
  Value* find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  /// The value, default-made when unknown; then the oldest entry may have to go.
  Value& operator[](const Key& key) {
    if (Value* known = find(key)) return *known;
    if (entries_.size() >= capacity_) {
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, Value{});
    index_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  /// True when it was there.
  bool erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    entries_.erase(found->second);
    index_.erase(found);
    return true;
  }

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<Key, Value>>;
  std::size_t capacity_;
  Entries entries_;
  std::unordered_map<Key, typename Entries::iterator, Hash> index_;
};

}  // namespace opwire
