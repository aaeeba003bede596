// What a user may have meant by a name that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opwire::opstack {

/// At most five of the names, nearest first: those a few typing errors away from wanted, or that begin with it.
std::vector<std::string> near_names(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace opwire::opstack
