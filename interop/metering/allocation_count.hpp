// How often the program asks for memory: whoever links this has its operator new counted.
#pragma once

#include <cstddef>

namespace opwire::interop {

struct Allocations {
  std::size_t count = 0;
  std::size_t bytes = 0;
};
/// Of all threads since the program began. What C libraries take from malloc themselves is not in it.
Allocations allocations() noexcept;

}  // namespace opwire::interop
