#include "opwire/store/snapshot.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/process_for_test.hpp"

namespace opwire::store {
namespace {

Bytes key(std::uint32_t number) {
  Bytes bytes(4);
  store_be(bytes.data(), number);
  return bytes;
}

DatabaseOptions options_in(const test::Folder& folder) {
  DatabaseOptions options(folder / "db");
  options.tables.emplace_back("first", 1000);
  options.tables.emplace_back("second", 1000);
  options.version = 2;
  return options;
}

struct World {
  World() : options(options_in(folder)) {}
  void open() { database = loop.run(Database::open(loop, pool, options)).value(); }
  void write(TableId table, std::uint32_t number, ByteView value) {
    Batch batch;
    batch.put(table, key(number), number, value);
    ASSERT_TRUE(loop.run(database->write(std::move(batch))));
  }
  ErrorKind refusal() { return read_snapshot(options).error().error.kind(); }

  test::Folder folder;
  SimulatedLoop loop;
  WorkerPool pool{0};
  DatabaseOptions options;
  std::unique_ptr<Database> database;
};

TEST(Snapshot, IsReadWhileSomebodyHasTheDatabaseOpen) {
  World world;
  world.open();
  world.write(0, 1, as_bytes("one"));
  world.write(1, 2, Bytes(20'000, 7));
  const auto contents = read_snapshot(world.options).value();
  ASSERT_EQ(contents.size(), 2u);
  ASSERT_EQ(contents[0].entries.size(), 1u);
  EXPECT_EQ(as_text(contents[0].entries[0].value), "one");
  EXPECT_EQ(contents[0].entries[0].rank, 1u);
  EXPECT_EQ(contents[1].entries.at(0).value, Bytes(20'000, 7));
  world.write(0, 1, as_bytes("changed"));
  EXPECT_EQ(as_text(read_snapshot(world.options).value()[0].entries.at(0).value), "changed");
}

TEST(Snapshot, ChangesNothing) {
  World world;
  world.open();
  world.write(0, 1, as_bytes("one"));
  world.loop.run(world.database->close());
  const std::string before = test::read_file(world.options.path);
  world.options.tables.emplace_back("third", 10);
  ::chmod(world.options.path.c_str(), 0400);
  EXPECT_TRUE(read_snapshot(world.options).value()[2].entries.empty()) << "a table of a later version";
  EXPECT_EQ(test::read_file(world.options.path), before);
}

TEST(Snapshot, SaysWhatIsWrong) {
  World world;
  EXPECT_STREQ(world.refusal().name, errors::kCannotOpen.name);
  test::write_file(world.options.path, "not a database");
  EXPECT_STREQ(world.refusal().name, errors::kDamaged.name);
  std::filesystem::remove(world.options.path);
  world.options.version = 7;
  world.open();
  world.options.version = 6;
  EXPECT_STREQ(world.refusal().name, errors::kNewerFormat.name);
  world.options.path = world.folder.path();
  EXPECT_STREQ(world.refusal().name, errors::kCannotOpen.name);
}

// All entries of one round have the same value, and each batch is a round.
void write_without_end(const DatabaseOptions& options, test::Channel channel) {
  SimulatedLoop loop;
  WorkerPool pool{0};
  auto database = loop.run(Database::open(loop, pool, options)).value();
  for (std::uint64_t round = 0;; ++round) {
    Batch batch;
    for (std::uint32_t i = 0; i < 200; ++i) batch.put(i % 2, key(i), round, Bytes(40 + i, static_cast<uint8_t>(round)));
    if (!loop.run(database->write(std::move(batch)))) return;
    if (round == 0) channel.send(1);
    ::usleep(500);
  }
}

TEST(Snapshot, IsOneMomentOfADatabaseThatIsWrittenAllTheTime) {
  const test::Folder folder;
  const DatabaseOptions options = options_in(folder);
  test::Process writer([&](test::Channel channel) { write_without_end(options, channel); });
  ASSERT_TRUE(writer.channel().has_word(5000));
  std::set<std::uint64_t> rounds;
  for (int i = 0; i < 50; ++i) {
    const auto contents = read_snapshot(options);
    if (!contents) {
      ASSERT_TRUE(contents.error().error.is(errors::kBusy)) << contents.error().text;
      continue;
    }
    const std::uint64_t round = contents->at(0).entries.at(0).rank;
    rounds.insert(round);
    for (const Contents& table : *contents) {
      ASSERT_EQ(table.entries.size(), 100u);
      ASSERT_TRUE(table.damaged.empty());
      for (const Entry& entry : table.entries) ASSERT_EQ(entry.rank, round);
    }
  }
  EXPECT_GT(rounds.size(), 5u);
}

}  // namespace
}  // namespace opwire::store
