#include "interop/metering/allocation_count.hpp"

#include "opwire/base/allocations_for_test.hpp"

namespace opwire::interop {

Allocations allocations() noexcept {
  return {allocation_count.load(std::memory_order_relaxed), allocation_bytes.load(std::memory_order_relaxed)};
}

}  // namespace opwire::interop
