// On the disk that holds the temporary files: what is measured first of all is how long it takes to sync.
#include <benchmark/benchmark.h>

#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/node_database.hpp"
#include "opwire/store/nodes_for_test.hpp"

using namespace opwire;

namespace {

const std::filesystem::path kDisk = std::filesystem::temp_directory_path();

std::vector<discv5::KnownNode> nodes(int count, WallTime now) {
  std::vector<discv5::KnownNode> made;
  for (int i = 0; i < count; ++i) made.push_back(store::test::node(i, now - std::chrono::seconds(i)));
  return made;
}

struct World {
  World() : options(folder / "nodes") { database = open(); }
  ~World() { loop.run(database->close()); }
  std::unique_ptr<store::NodeDatabase> open() {
    return loop.run(store::NodeDatabase::open(loop, pool, options)).value();
  }
  store::test::Folder folder{kDisk};
  SimulatedLoop loop;
  WorkerPool pool{0};
  store::NodeDatabaseOptions options;
  std::unique_ptr<store::NodeDatabase> database;
};

void put_a_batch(benchmark::State& state) {
  World world;
  const auto batch = nodes(1000, world.loop.wall_now());
  for (auto _ : state) {
    for (const auto& node : batch) world.database->put(node);
    OPW_CHECK(world.loop.run(world.database->flush()).has_value());
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(put_a_batch)->Unit(benchmark::kMillisecond);

void fill(World& world) {
  const auto all = nodes(10'000, world.loop.wall_now());
  for (std::size_t i = 0; i < all.size(); ++i) {
    world.database->put(all[i]);
    if (i % 1000 == 999) OPW_CHECK(world.loop.run(world.database->flush()).has_value());
  }
}

// Reading is a small part of it: each record's signature is verified.
void load_all(benchmark::State& state) {
  World world;
  fill(world);
  for (auto _ : state) OPW_CHECK(world.loop.run(world.database->load())->size() == 10'000);
  state.SetItemsProcessed(state.iterations() * 10'000);
}
BENCHMARK(load_all)->Unit(benchmark::kMillisecond);

// With the check of all pages.
void open_and_close(benchmark::State& state) {
  World world;
  fill(world);
  for (auto _ : state) {
    world.loop.run(world.database->close());
    world.database = world.open();
  }
}
BENCHMARK(open_and_close)->Unit(benchmark::kMillisecond);

}  // namespace
