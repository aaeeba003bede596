#include "opwire/store/node_database.hpp"

#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/no_room_for_test.hpp"
#include "opwire/store/node_store_conformance.hpp"
#include "opwire/store/node_value.hpp"

namespace opwire::store {
namespace {

using test::node;
using test::number_of;

/// One that can be closed and opened again.
struct DatabaseWorld {
  static constexpr std::size_t kMaxNodes = 8;
  DatabaseWorld() { open(); }
  ~DatabaseWorld() {
    if (nodes) close();
  }
  discv5::NodeStore& store() { return *nodes; }
  WallTime now() { return loop.wall_now(); }
  void advance(Duration by) { loop.run_for(by); }
  template <class T>
  T run(Task<T> task) {
    return loop.run(std::move(task));
  }
  void open() {
    NodeDatabaseOptions options(folder / "nodes");
    options.max_nodes = kMaxNodes;
    nodes = run(NodeDatabase::open(loop, pool, options)).value();
  }
  void close() {
    run(nodes->close());
    nodes.reset();
  }
  /// Writes to the table past the NodeDatabase.
  void write(const Batch& batch) {
    close();
    DatabaseOptions options(folder / "nodes");
    options.tables.emplace_back("discv5.nodes", 100);
    auto database = run(Database::open(loop, pool, options)).value();
    EXPECT_TRUE(run(database->write(batch)));
    run(database->close());
    open();
  }
  std::size_t stored() {
    close();
    DatabaseOptions options(folder / "nodes");
    options.tables.emplace_back("discv5.nodes", 100);
    auto database = run(Database::open(loop, pool, options)).value();
    const std::size_t count = run(database->scan(0)).value().entries.size();
    run(database->close());
    open();
    return count;
  }

  test::Folder folder;
  SimulatedLoop loop;
  WorkerPool pool{0};
  std::unique_ptr<NodeDatabase> nodes;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Database, NodeStoreConformance, DatabaseWorld);

TEST(NodeDatabase, FindsAfterARestartWhatWasPut) {
  DatabaseWorld world;
  for (int i = 0; i < 5; ++i) world.nodes->put(node(i, world.now() - std::chrono::seconds(i), 7, 9));
  world.nodes->forget(node(3, world.now()).record->id());
  world.close();
  world.open();
  const auto nodes = world.run(world.nodes->load()).value();
  ASSERT_EQ(nodes.size(), 4u);
  EXPECT_EQ(number_of(nodes[3]), 4);
  EXPECT_EQ(*nodes[3].record, test::record(4, 9));
  EXPECT_EQ(nodes[3].last_answer, world.now() - std::chrono::seconds(4));
  EXPECT_EQ(nodes[3].answers, 7u);
}

// What another process would find, were this one to end now.
std::size_t on_disk(DatabaseWorld& world) {
  test::write_file(world.folder / "copy", test::read_file(world.folder / "nodes"));
  DatabaseOptions options(world.folder / "copy");
  options.tables.emplace_back("discv5.nodes", 10'000);
  auto database = world.run(Database::open(world.loop, world.pool, options)).value();
  const std::size_t count = world.run(database->scan(0)).value().entries.size();
  world.run(database->close());
  return count;
}

TEST(NodeDatabase, WritesTenSecondsAfterTheFirstChange) {
  DatabaseWorld world;
  world.advance(std::chrono::minutes(1));
  world.nodes->put(node(1, world.now()));
  world.advance(NodeDatabase::kWriteAfter - std::chrono::seconds(1));
  world.nodes->put(node(2, world.now()));
  EXPECT_EQ(on_disk(world), 0u);
  world.advance(std::chrono::seconds(1));
  EXPECT_EQ(on_disk(world), 2u);
}

TEST(NodeDatabase, WritesWhenManyWait) {
  DatabaseWorld world;
  std::vector<discv5::KnownNode> nodes;
  for (int i = 0; i < static_cast<int>(NodeDatabase::kWriteAt); ++i) nodes.push_back(node(i, world.now()));
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) world.nodes->put(nodes[i]);
  world.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(on_disk(world), 0u);
  world.nodes->put(nodes.back());
  world.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(on_disk(world), DatabaseWorld::kMaxNodes);
}

TEST(NodeDatabase, DropsAndErasesWhatDoesNotHold) {
  DatabaseWorld world;
  Batch batch;
  const auto good = node(1, world.now());
  Bytes forged = encode_node(node(2, world.now()));
  forged.back() ^= 1;
  batch.put(0, good.record->id().view(), 1, encode_node(good));
  batch.put(0, node(2, world.now()).record->id().view(), 1, forged);
  batch.put(0, node(3, world.now()).record->id().view(), 1, encode_node(node(4, world.now())));
  batch.put(0, as_bytes("short"), 1, as_bytes("value"));
  world.write(batch);
  EXPECT_EQ(world.stored(), 4u);
  const auto nodes = world.run(world.nodes->load()).value();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(number_of(nodes[0]), 1);
  EXPECT_EQ(world.stored(), 1u);
}

TEST(NodeDatabase, NodesOfTheFutureDoNotPushOutOthers) {
  DatabaseWorld world;
  const int most = static_cast<int>(DatabaseWorld::kMaxNodes);
  for (int i = 0; i < most; ++i) world.nodes->put(node(i, world.now() + std::chrono::hours(1000)));
  world.close();
  world.open();
  EXPECT_EQ(world.run(world.nodes->load())->size(), DatabaseWorld::kMaxNodes);
  world.advance(std::chrono::seconds(5));
  world.nodes->put(node(most, world.now()));
  EXPECT_EQ(number_of(world.run(world.nodes->load()).value().front()), most);
}

TEST(NodeDatabase, WhatIsNotWrittenIsTriedAgain) {
  DatabaseWorld world;
  log::Capture log;
  const WallTime now = world.now();
  world.nodes->put(node(1, now));
  world.run(world.nodes->close());
  world.nodes->put(node(2, now));
  const auto flushed = world.run(world.nodes->flush());
  ASSERT_FALSE(flushed);
  EXPECT_TRUE(flushed.error().is(opwire::errors::kClosed));
  EXPECT_FALSE(world.run(world.nodes->flush())) << "it still waits";
  EXPECT_FALSE(world.run(world.nodes->load()));
  world.nodes.reset();
  world.open();
  EXPECT_EQ(world.run(world.nodes->load())->size(), 1u);
}

TEST(NodeDatabase, AFullDiskHoldsThemUp) {
  DatabaseWorld world;
  log::Capture log;
  world.nodes->put(node(1, world.now()));
  {
    const test::NoRoom full(100);
    world.advance(NodeDatabase::kWriteAfter * 5);
  }
  EXPECT_NE(log.text().find("known nodes are not written"), std::string::npos) << log.text();
  EXPECT_EQ(on_disk(world), 0u);
  world.nodes->put(node(1, world.now(), 2));
  world.advance(NodeDatabase::kWriteAfter * 2);
  EXPECT_EQ(on_disk(world), 1u);
  const auto nodes = world.run(world.nodes->load()).value();
  EXPECT_EQ(nodes.at(0).answers, 2u) << "the newer one";
}

TEST(NodeDatabase, MemoryIsBounded) {
  DatabaseWorld world;
  log::Capture log;
  const auto last = node(2, world.now());
  for (std::size_t i = 0; i < NodeDatabase::kMaxWaiting; ++i) {
    discv5::NodeId id;
    store_be(id.bytes.data(), static_cast<std::uint32_t>(i));
    world.nodes->forget(id);
  }
  world.nodes->put(last);
  EXPECT_NE(log.text().find("does not keep up"), std::string::npos);
  EXPECT_TRUE(world.run(world.nodes->load())->empty());
  world.nodes->put(last);
  EXPECT_EQ(world.run(world.nodes->load())->size(), 1u);
}

TEST(NodeDatabase, StandsBesideOpNodesOwn) {
  EXPECT_EQ(node_database_file("opnode_discovery_db"), "opnode_discovery_db.opwire");
  EXPECT_EQ(node_database_file("/data/discovery/"), "/data/discovery.opwire");
  EXPECT_EQ(node_database_file("db//"), "db.opwire");

  const test::Folder folder;
  const auto leveldb = folder / "opnode_discovery_db";
  std::filesystem::create_directory(leveldb);
  const std::vector<std::string> names{"000002.ldb", "CURRENT", "LOCK", "LOG", "MANIFEST-000004"};
  for (const auto& name : names) test::write_file(leveldb / name, "content of " + name);

  SimulatedLoop loop;
  WorkerPool pool(0);
  const NodeDatabaseOptions options(node_database_file(leveldb.string() + "/"));
  auto nodes = loop.run(NodeDatabase::open(loop, pool, options)).value();
  nodes->put(node(1, loop.wall_now()));
  loop.run(nodes->close());
  EXPECT_TRUE(std::filesystem::exists(folder / "opnode_discovery_db.opwire"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(leveldb)) {
    ++files;
    EXPECT_EQ(test::read_file(entry.path()), "content of " + entry.path().filename().string());
  }
  EXPECT_EQ(files, names.size());
}

}  // namespace
}  // namespace opwire::store
