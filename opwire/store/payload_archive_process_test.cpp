// What other processes do to an archive, and it to them.
#include <lmdb.h>

#include "opwire/store/archive_file.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/payload_archive_reader.hpp"
#include "opwire/store/payloads_for_test.hpp"
#include "opwire/store/process_for_test.hpp"

namespace opwire::store {
namespace {

using test::ArchiveWorld;
using test::Channel;
using test::payload;
using test::Process;

constexpr BlockNumber kFirst{0};
constexpr BlockNumber kLast{~std::uint64_t{0}};

std::size_t size_of(std::uint64_t number) {
  return 100 + number * 7919 % 9000;
}
ArchivedPayload numbered(std::uint64_t number) {
  return payload(number, number % 3 == 0 ? PayloadKind::kLinked : PayloadKind::kSigned, 0, size_of(number));
}

// Goes on from what is there. After each flush it says up to which number all is committed.
void write_without_end(const PayloadArchiveOptions& options, Channel channel) {
  SimulatedLoop loop;
  WorkerPool pool{0};
  auto archive = loop.run(PayloadArchive::open(loop, pool, options)).value();
  const auto highest = archive->status().stored.highest;
  std::uint64_t next = highest ? highest->value + 1 : 0;
  for (std::uint64_t round = 0;; ++round) {
    for (std::uint64_t i = 0; i < 1 + round % 70; ++i) archive->put(numbered(next++));
    if (!loop.run(archive->flush()) || !channel.send(next)) return;
    loop.run_for(std::chrono::milliseconds(1));
  }
}

std::uint64_t last_word(const Channel& channel) {
  std::uint64_t last = 0;
  while (const auto word = channel.receive()) last = *word;
  return last;
}

TEST(PayloadArchiveProcess, KilledInTheMiddleOfWrites) {
  ArchiveWorld world;
  std::uint64_t checked = 0;
  for (int round = 0; round < 20; ++round) {
    Process writer([&](Channel channel) { write_without_end(world.options, channel); });
    ASSERT_TRUE(writer.channel().has_word(5000));
    ::usleep(static_cast<useconds_t>(1000 + round * 5003 % 9000));
    writer.kill();
    const std::uint64_t committed = last_word(writer.channel());
    ASSERT_GT(committed, checked);
    world.open();
    ASSERT_TRUE(world.archive);
    EXPECT_GE(world.stored().count, committed);
    EXPECT_EQ(world.stored().highest->value + 1, world.stored().count);
    for (; checked < committed; ++checked) {
      ASSERT_EQ(world.by_number(checked).value(), numbered(checked));
      ASSERT_TRUE(world.by_hash(test::block_hash(checked)).value());
    }
    world.close();
  }
}

void read_when_asked(const std::filesystem::path& file, Channel channel) {
  const auto reader = PayloadArchiveReader::open(file).value();
  while (const auto committed = channel.receive()) {
    std::uint64_t next = 0;
    const auto visited = reader->visit(kFirst, kLast, [&](const ArchiveEntry& entry) {
      return entry.payload && *entry.payload == numbered(next) && entry.number.value == next++;
    });
    channel.send(visited && *visited == next && next >= *committed ? 1 : 0);
  }
}

// LMDB's own lock is then in the dead process's hands, and nobody begins its table anew.
TEST(PayloadArchiveProcess, KilledWhileAReaderGoesOn) {
  ArchiveWorld world;
  world.reopen();
  world.close();
  Process reader([&](Channel channel) { read_when_asked(world.options.file, channel); });
  for (int round = 0; round < 8; ++round) {
    Process writer([&](Channel channel) { write_without_end(world.options, channel); });
    ASSERT_TRUE(writer.channel().has_word(5000));
    ::usleep(static_cast<useconds_t>(1000 + round * 3001));
    writer.kill();
    reader.channel().send(last_word(writer.channel()));
    ASSERT_EQ(reader.channel().receive(), 1u) << round;
  }
}

TEST(PayloadArchiveProcess, ReadWhileItIsWrittenAndErased) {
  ArchiveWorld world;
  world.options.bounds.max_count = 300;
  Process writer([&](Channel channel) { write_without_end(world.options, channel); });
  ASSERT_TRUE(writer.channel().receive());
  const auto reader = PayloadArchiveReader::open(world.options.file).value();
  EXPECT_EQ(reader->chain(), ChainId{10});
  std::uint64_t committed = 0;
  for (int round = 0; round < 20 || committed < 1000; ++round) {
    while (writer.channel().has_word(0)) committed = writer.channel().receive().value();
    const ArchiveExtent extent = reader->extent().value();
    EXPECT_GE(extent.highest->value + 1, committed);
    EXPECT_LE(extent.count, 450u);
    const auto newest = reader->by_number(*extent.highest).value();
    EXPECT_EQ(newest, numbered(extent.highest->value));
    std::uint64_t before = 0;
    const auto visited = reader->visit(kFirst, kLast, [&](const ArchiveEntry& entry) {
      EXPECT_TRUE(entry.payload);
      EXPECT_TRUE(entry.number.value > before || before == 0);
      before = entry.number.value;
      return entry.number.value < committed;
    });
    EXPECT_TRUE(visited);
  }
  EXPECT_LT(std::filesystem::file_size(world.options.file), 16u << 20);
}

TEST(PayloadArchiveProcess, OneWriter) {
  ArchiveWorld world;
  Process writer([&](Channel channel) { write_without_end(world.options, channel); });
  ASSERT_TRUE(writer.channel().receive());
  world.options.reset_damaged = true;
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kBusy));
  EXPECT_NE(error.text.find("another process"), std::string::npos) << error.text;
  writer.kill();
  world.open();
}

// As one does that is halted in the middle of a step.
void hold_a_snapshot(const std::filesystem::path& file, Channel channel) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  OPW_CHECK(mdb_env_create(&env) == 0);
  OPW_CHECK(mdb_env_open(env, file.c_str(), MDB_NOSUBDIR | MDB_NOTLS | MDB_RDONLY, 0600) == 0);
  OPW_CHECK(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0);
  channel.send(1);
  (void)channel.receive();
}

void count_when_asked(const std::filesystem::path& file, Channel channel) {
  const auto reader = PayloadArchiveReader::open(file).value();
  for (;;) {
    const auto extent = reader->extent();
    channel.send(extent ? extent->count : 0);
    if (!channel.receive()) return;
  }
}

TEST(PayloadArchiveProcess, AHaltedReaderDoesNotLetTheFileGrowForever) {
  ArchiveWorld world;
  world.options.bounds.max_bytes = 8 << 20;
  world.open();
  world.fill(0, 10);
  world.close();
  Process reader([&](Channel channel) { hold_a_snapshot(world.options.file, channel); });
  Process other([&](Channel channel) { count_when_asked(world.options.file, channel); });
  ASSERT_EQ(reader.channel().receive(), 1u);
  ASSERT_EQ(other.channel().receive(), 10u);
  world.open();
  log::Capture log;
  std::uint64_t next = 10;
  Result<void> flushed;
  for (; flushed && next < 2000; next += 20) {
    for (std::uint64_t i = next; i < next + 20; ++i) {
      world.archive->put(payload(i, PayloadKind::kLinked, 0, 500'000));
    }
    flushed = world.flush();
    world.loop.run_for(std::chrono::milliseconds(10));
  }
  ASSERT_FALSE(flushed);
  EXPECT_TRUE(flushed.error().is(errors::kFull));
  EXPECT_LE(std::filesystem::file_size(world.options.file), (8u << 20) * 9 / 8 + (128u << 20));
  EXPECT_TRUE(world.by_number(next - 1).value()) << "waiting";
  other.channel().send(1);
  EXPECT_EQ(other.channel().receive(), world.stored().count) << "the file has outgrown that reader's map";
  reader.kill();
  flushed = world.flush();
  EXPECT_TRUE(flushed) << "what the dead one kept is free";
}

}  // namespace
}  // namespace opwire::store
