#include "opwire/store/memory_node_store.hpp"

#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/node_store_conformance.hpp"

namespace opwire::store {
namespace {

struct MemoryWorld {
  static constexpr std::size_t kMaxNodes = 8;
  discv5::NodeStore& store() { return nodes; }
  WallTime now() { return loop.wall_now(); }
  void advance(Duration by) { loop.run_for(by); }
  template <class T>
  T run(Task<T> task) {
    return loop.run(std::move(task));
  }
  SimulatedLoop loop;
  MemoryNodeStore nodes{loop, kMaxNodes};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, NodeStoreConformance, MemoryWorld);

}  // namespace
}  // namespace opwire::store
