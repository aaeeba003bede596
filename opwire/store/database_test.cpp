#include "opwire/store/database.hpp"

#include <gtest/gtest.h>

#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/no_room_for_test.hpp"

namespace opwire::store {
namespace {

struct World {
  World() : options(folder / "db") {
    options.tables.emplace_back("first", 1000);
    options.tables.emplace_back("second", 64);
  }
  auto open() { return loop.run(Database::open(loop, pool, options)); }
  void reopen() {
    if (database) loop.run(database->close());
    database = open().value();
  }
  Result<std::size_t> write(const Batch& batch) { return loop.run(database->write(batch)); }
  Contents scan(TableId table) { return loop.run(database->scan(table)).value(); }
  std::uintmax_t file_size() const { return std::filesystem::file_size(options.path); }

  test::Folder folder;
  SimulatedLoop loop;
  WorkerPool pool{0};
  DatabaseOptions options;
  std::unique_ptr<Database> database;
};

Bytes key(int number) {
  Bytes bytes(4);
  store_be(bytes.data(), static_cast<std::uint32_t>(number));
  return bytes;
}

TEST(Database, KeepsWhatIsPut) {
  World world;
  world.reopen();
  Batch batch;
  batch.put(0, as_bytes("b"), 5, as_bytes("value of b"));
  batch.put(0, as_bytes("a"), 7, {});
  batch.put(1, as_bytes("a"), 1, Bytes(100'000, 0x5a));
  batch.put(0, as_bytes("gone"), 1, as_bytes("x"));
  batch.erase(0, as_bytes("gone"));
  batch.erase(1, as_bytes("was never there"));
  ASSERT_EQ(world.write(batch).value(), 0u);
  for (int i = 0; i < 2; ++i) {
    const Contents contents = world.scan(0);
    ASSERT_EQ(contents.entries.size(), 2u);
    EXPECT_TRUE(contents.damaged.empty());
    EXPECT_EQ(as_text(contents.entries[0].key), "a");
    EXPECT_EQ(contents.entries[0].rank, 7u);
    EXPECT_TRUE(contents.entries[0].value.empty());
    EXPECT_EQ(as_text(contents.entries[1].value), "value of b");
    EXPECT_EQ(world.scan(1).entries.at(0).value, Bytes(100'000, 0x5a));
    world.reopen();
  }
}

TEST(Database, LongestKey) {
  World world;
  world.reopen();
  Batch batch;
  batch.put(0, Bytes(511, 1), 0, as_bytes("x"));
  ASSERT_TRUE(world.write(batch));
  EXPECT_EQ(world.scan(0).entries.at(0).key, Bytes(511, 1));
}

TEST(Database, ATableHasACap) {
  World world;
  world.reopen();
  std::size_t gone = 0;
  for (int i = 0; i < 200; i += 10) {
    Batch batch;
    for (int j = i; j < i + 10; ++j) batch.put(1, key(1000 - j), static_cast<std::uint64_t>(j), as_bytes("value"));
    gone += world.write(batch).value();
    EXPECT_LE(world.scan(1).entries.size(), 64u);
  }
  const Contents contents = world.scan(1);
  EXPECT_EQ(contents.entries.size() + gone, 200u);
  EXPECT_GE(contents.entries.size(), 62u);
  for (const Entry& entry : contents.entries) EXPECT_GE(entry.rank, 200 - contents.entries.size());
}

TEST(Database, IsPrunedBeforeItsFileIsFull) {
  World world;
  world.options.size_cap = 512 << 10;
  world.reopen();
  std::size_t gone = 0;
  for (int i = 0; i < 300; ++i) {
    Batch batch;
    batch.put(0, key(i), static_cast<std::uint64_t>(i), Bytes(static_cast<std::size_t>(1000 + i * 37 % 20'000), 1));
    batch.put(1, key(i % 10), 0, as_bytes("of the small table"));
    const auto written = world.write(batch);
    ASSERT_TRUE(written) << i << ": " << written.error().message();
    gone += *written;
  }
  EXPECT_GT(gone, 100u);
  EXPECT_LE(world.file_size(), LmdbFile::map_size(world.options));
  EXPECT_EQ(world.scan(1).entries.size(), 10u) << "the largest table makes room";
  world.reopen();
  const Contents contents = world.scan(0);
  EXPECT_EQ(contents.entries.size() + gone, 300u);
  EXPECT_EQ(contents.entries.back().rank, 299u);
}

TEST(Database, ABatchThatIsTooLargeChangesNothing) {
  World world;
  world.options.size_cap = 100'000;
  world.reopen();
  Batch batch;
  batch.put(0, as_bytes("a"), 0, Bytes(1000, 0));
  ASSERT_TRUE(world.write(batch));
  batch.put(0, as_bytes("b"), 0, Bytes(50'000, 0));
  const auto written = world.write(batch);
  ASSERT_FALSE(written);
  EXPECT_TRUE(written.error().is(errors::kFull));
  EXPECT_EQ(world.scan(0).entries.size(), 1u);
}

TEST(Database, AFullDiskIsAnErrorAndNothingIsLost) {
  World world;
  world.reopen();
  Batch first;
  first.put(0, as_bytes("a"), 0, as_bytes("value"));
  ASSERT_TRUE(world.write(first));
  Batch second;
  second.put(0, as_bytes("b"), 0, Bytes(200'000, 0));
  {
    const test::NoRoom full(world.file_size());
    const auto written = world.write(second);
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().is(errors::kFull)) << written.error().message();
    EXPECT_EQ(world.scan(0).entries.size(), 1u);
  }
  EXPECT_TRUE(world.write(second));
  world.reopen();
  EXPECT_EQ(world.scan(0).entries.size(), 2u);
}

TEST(Database, AFullDiskAtTheBeginning) {
  World world;
  {
    const test::NoRoom full(4096);
    const auto opened = world.open();
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().error.is(errors::kFull) || opened.error().error.is(errors::kCannotOpen))
        << opened.error().text;
  }
  EXPECT_TRUE(world.open()) << "what was begun is not in the way";
}

TEST(Database, NothingAfterItIsClosed) {
  World world;
  world.reopen();
  world.loop.run(world.database->close());
  world.loop.run(world.database->close());
  Batch batch;
  batch.put(0, as_bytes("a"), 0, {});
  EXPECT_TRUE(world.write(batch).error().is(opwire::errors::kClosed));
  const auto scanned = world.loop.run(world.database->scan(0));
  ASSERT_FALSE(scanned);
  EXPECT_TRUE(scanned.error().is(opwire::errors::kClosed));
}

TEST(Database, TablesMayBeAdded) {
  World world;
  world.reopen();
  Batch batch;
  batch.put(0, as_bytes("a"), 0, as_bytes("value"));
  ASSERT_TRUE(world.write(batch));
  world.options.tables.insert(world.options.tables.begin(), TableOptions("third", 10));
  world.reopen();
  EXPECT_TRUE(world.scan(0).entries.empty());
  EXPECT_EQ(world.scan(1).entries.size(), 1u);
}

Task<void> write_some(Database& database, int from, Result<std::size_t>& outcome) {
  Batch batch;
  for (int i = from; i < from + 10; ++i) batch.put(0, key(i), 0, Bytes(100, 1));
  outcome = co_await database.write(std::move(batch));
}

Task<std::size_t> use_on_a_thread(Loop& loop, WorkerPool& pool, DatabaseOptions options) {
  std::unique_ptr<Database> database = (co_await Database::open(loop, pool, options)).value();
  Scope scope(loop);
  std::vector<Result<std::size_t>> outcomes(20, opwire::errors::kTimeout);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    scope.spawn(write_some(*database, static_cast<int>(i) * 10, outcomes[i]));
  }
  scope.cancel();  // what has begun is ended all the same
  co_await scope.join();
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  const Contents contents = (co_await database->scan(0)).value();
  co_await database->close();
  co_return contents.entries.size();
}

TEST(Database, OnAThreadOfItsOwn) {
  World world;
  ReactorLoop loop;
  WorkerPool pool(1);
  EXPECT_EQ(loop.run(use_on_a_thread(loop, pool, world.options)), 200u);
}

TEST(Database, HasTheVersionOfItsOwner) {
  World world;
  world.options.version = 3;
  world.reopen();
  EXPECT_EQ(world.database->version(), 3u);
  world.options.version = 5;
  world.reopen();
  EXPECT_EQ(world.database->version(), 3u) << "nobody has changed it";
  Batch batch;
  batch.set_version(5);
  EXPECT_FALSE(batch.empty());
  ASSERT_TRUE(world.write(batch));
  world.reopen();
  EXPECT_EQ(world.database->version(), 5u);
  world.loop.run(world.database->close());
  world.options.version = 4;
  const auto opened = world.open();
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().error.is(errors::kNewerFormat));
  EXPECT_NE(opened.error().text.find("database is of a newer version of this program"), std::string::npos);
}

TEST(Database, AFileFromBeforeThereWereVersionsHasTheFirst) {
  World world;
  world.options.version = 3;
  world.reopen();
  world.loop.run(world.database->close());
  {
    const LmdbEnv env = lmdb_open(world.options.path, {LmdbFile::map_size(world.options), 3, MDB_NOLOCK}).value();
    LmdbTxn txn = lmdb_begin(env.get(), 0).value();
    MDB_dbi marks = 0;
    ASSERT_EQ(mdb_dbi_open(txn.get(), "opwire", 0, &marks), 0);
    ASSERT_TRUE(lmdb_erase(txn.get(), marks, as_bytes("version")));
    ASSERT_TRUE(lmdb_commit(std::move(txn)));
  }
  world.database = world.open().value();
  EXPECT_EQ(world.database->version(), 1u);
}

}  // namespace
}  // namespace opwire::store
