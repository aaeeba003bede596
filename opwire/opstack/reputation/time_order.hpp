// Keys in the order of a time that each has, and of one time in the order in which they came. Where many have the same
// time, as peers have whose scores are taken together, a change costs next to nothing.
#pragma once

#include <list>
#include <map>

#include "opwire/base/time.hpp"

namespace opwire::opstack::reputation {

template <class Key>
class TimeOrder {
 public:
  /// Where a key stands. Its owner keeps it, and asks nothing of it once it is removed.
  struct Position {
    WallTime when{};
    typename std::list<Key>::iterator key;
  };

  Position add(const Key& key, WallTime when) {
    std::list<Key>& keys = times_[when];
    return {when, keys.insert(keys.end(), key)};
  }
  /// Behind all others of the new time.
  void move(Position& position, WallTime when) {
    const auto old = times_.find(position.when);
    std::list<Key>& keys = times_[when];
    keys.splice(keys.end(), old->second, position.key);
    if (old->second.empty()) times_.erase(old);
    position.when = when;
  }
  void remove(const Position& position) {
    const auto keys = times_.find(position.when);
    keys->second.erase(position.key);
    if (keys->second.empty()) times_.erase(keys);
  }

  bool empty() const noexcept { return times_.empty(); }
  // There is one.
  const Key& first() const { return times_.begin()->second.front(); }
  const Key& last() const { return times_.rbegin()->second.back(); }
  WallTime last_time() const { return times_.rbegin()->first; }

 private:
  std::map<WallTime, std::list<Key>> times_;  // no list is empty
};

}  // namespace opwire::opstack::reputation
