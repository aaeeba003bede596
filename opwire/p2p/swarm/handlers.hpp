// Which protocols are served, and by whom.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/p2p/core/network.hpp"

namespace opwire::swarm {

class HandlerTable {
 public:
  void set(std::string protocol, StreamHandler handler) {
    handlers_.insert_or_assign(std::move(protocol), std::move(handler));
  }
  void remove(std::string_view protocol) {
    if (const auto found = handlers_.find(protocol); found != handlers_.end()) handlers_.erase(found);
  }
  bool has(std::string_view protocol) const { return handlers_.contains(protocol); }
  /// Null when there is none.
  const StreamHandler* find(std::string_view protocol) const {
    const auto found = handlers_.find(protocol);
    return found == handlers_.end() ? nullptr : &found->second;
  }
  std::vector<std::string> protocols() const {
    std::vector<std::string> names;
    for (const auto& [name, handler] : handlers_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, StreamHandler, std::less<>> handlers_;
};

}  // namespace opwire::swarm
