// Counts how often a benchmark or a peer of the tests asks for memory. Replaces operator new: for one source of a
// program.
#pragma once

#include <atomic>
#include <cstdlib>
#include <new>

namespace opwire {
/// Of all threads since the program began. What C libraries take from malloc themselves is not in it.
inline std::atomic<std::size_t> allocation_count{0};
inline std::atomic<std::size_t> allocation_bytes{0};
}  // namespace opwire

void* operator new(std::size_t size) {
  opwire::allocation_count.fetch_add(1, std::memory_order_relaxed);
  opwire::allocation_bytes.fetch_add(size, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
