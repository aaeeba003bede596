#include "opwire/store/payload_archive.hpp"

#include "opwire/store/archive_file.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/no_room_for_test.hpp"
#include "opwire/store/payloads_for_test.hpp"

namespace opwire::store {
namespace {

using test::ArchiveWorld;
using test::block_hash;
using test::payload;

constexpr auto kSigned = PayloadKind::kSigned;
constexpr auto kLinked = PayloadKind::kLinked;

TEST(PayloadArchive, KeepsWhatIsPut) {
  ArchiveWorld world;
  world.open();
  const ArchivedPayload big = payload(7, kSigned, 0, 200'000);
  const ArchivedPayload small = payload(8, kLinked, 0, 10);
  world.archive->put(big);
  world.archive->put(small);
  for (int i = 0; i < 3; ++i) {  // waiting, written, opened again
    EXPECT_EQ(world.by_number(7).value(), big);
    EXPECT_EQ(world.by_number(8).value(), small);
    EXPECT_EQ(world.by_hash(big.hash).value(), big);
    EXPECT_EQ(world.by_hash(small.hash).value(), small);
    EXPECT_EQ(world.by_number(9).value(), std::nullopt);
    EXPECT_EQ(world.by_hash(block_hash(9)).value(), std::nullopt);
    EXPECT_EQ(world.archive->status().waiting, i == 0 ? 2u : 0u);
    if (i == 0) ASSERT_TRUE(world.flush());
    if (i == 1) world.reopen();
  }
  const ArchiveExtent stored = world.stored();
  EXPECT_EQ(stored.count, 2u);
  EXPECT_GT(stored.bytes, 200'000u);
  EXPECT_EQ(stored.lowest, BlockNumber{7});
  EXPECT_EQ(stored.highest, BlockNumber{8});
  EXPECT_EQ(stored.highest_signed, BlockNumber{7});
}

TEST(PayloadArchive, NamesAllBlocksOfANumberEachOnce) {
  ArchiveWorld world;
  world.open();
  const auto named = [&] {
    auto hashes = world.loop.run(world.archive->hashes_at({7})).value();
    return std::set<Hash256>(hashes.begin(), hashes.end()).size() == hashes.size() ? hashes.size() : 0;
  };
  EXPECT_EQ(named(), 0u);
  world.archive->put(payload(6));
  world.archive->put(payload(7, kLinked));
  world.archive->put(payload(7, kSigned));  // the same block
  world.archive->put(payload(8));
  EXPECT_EQ(named(), 1u);
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(named(), 1u);
  world.archive->put(payload(7, kLinked, 1));
  EXPECT_EQ(named(), 2u) << "one written, one waits";
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(named(), 2u);
}

TEST(PayloadArchive, RemembersTheHead) {
  ArchiveWorld world;
  world.open();
  const opstack::BlockId first{block_hash(7), {7}};
  world.archive->put(payload(7));
  world.archive->set_head(first);
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(world.stored().head, first);
  world.reopen();
  EXPECT_EQ(world.stored().head, first);
  const opstack::BlockId second{block_hash(8), {8}};
  world.archive->set_head(second);  // nothing else to write: by close()
  world.reopen();
  EXPECT_EQ(world.stored().head, second);
  world.archive->put(payload(9));
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(world.stored().head, second);
}

TEST(PayloadArchive, AnEmptyOne) {
  ArchiveWorld world;
  world.open();
  EXPECT_EQ(world.stored().count, 0u);
  EXPECT_EQ(world.stored().highest, std::nullopt);
  EXPECT_EQ(world.by_number(0).value(), std::nullopt);
  EXPECT_TRUE(world.all(0).empty());
  EXPECT_TRUE(world.flush());
}

TEST(PayloadArchive, WritesWithinASecond) {
  ArchiveWorld world;
  world.open();
  world.loop.run_for(std::chrono::minutes(3));
  world.archive->put(payload(1));
  world.loop.run_for(std::chrono::milliseconds(400));
  EXPECT_EQ(world.archive->status().waiting, 1u);
  world.archive->put(payload(2));
  world.loop.run_for(std::chrono::milliseconds(200));
  EXPECT_EQ(world.archive->status().waiting, 0u);
  EXPECT_EQ(world.stored().count, 2u);
}

TEST(PayloadArchive, WritesWhenManyWait) {
  ArchiveWorld world;
  world.open();
  world.loop.run_for(std::chrono::milliseconds(1));
  for (std::uint64_t i = 0; i < 64; ++i) world.archive->put(payload(i));
  world.loop.run_for(std::chrono::milliseconds(1));
  EXPECT_EQ(world.stored().count, 64u);
}

TEST(PayloadArchive, TwoBlocksOfOneNumber) {
  ArchiveWorld world;
  world.open();
  const ArchivedPayload linked = payload(5, kLinked, 1);
  const ArchivedPayload first = payload(5, kSigned, 2);
  const ArchivedPayload later = payload(5, kSigned, 3);
  const ArchivedPayload last = payload(5, kLinked, 4);
  const auto put = [&](const ArchivedPayload& each, bool flush) {
    world.archive->put(each);
    if (flush) EXPECT_TRUE(world.flush());
  };
  for (const bool flush : {true, false}) {
    world.close();
    std::filesystem::remove(world.options.file);
    world.open();
    put(linked, flush);
    EXPECT_EQ(world.by_number(5).value(), linked);
    put(first, flush);
    EXPECT_EQ(world.by_number(5).value(), first);
    put(later, flush);
    EXPECT_EQ(world.by_number(5).value(), later);
    put(last, flush);
    EXPECT_EQ(world.by_number(5).value(), later);
    const std::vector<ArchivedPayload> expected{later, first, last, linked};
    EXPECT_EQ(world.all(5), expected);
    world.reopen();
    EXPECT_EQ(world.all(5), expected);
    for (const auto& each : expected) EXPECT_EQ(world.by_hash(each.hash).value(), each);
  }
  // Some stored, some waiting.
  const ArchivedPayload newest = payload(5, kLinked, 5);
  world.archive->put(newest);
  EXPECT_EQ(world.by_number(5).value(), later);
  const std::vector<ArchivedPayload> expected{later, first, newest, last, linked};
  EXPECT_EQ(world.all(5), expected);
}

TEST(PayloadArchive, SignedReplacesLinkedAndNothingElseDoes) {
  ArchiveWorld world;
  world.open();
  for (const bool flush : {false, true}) {
    const std::uint64_t number = flush ? 1 : 2;
    const auto put = [&](const ArchivedPayload& each) {
      world.archive->put(each);
      if (flush) EXPECT_TRUE(world.flush());
    };
    put(payload(number, kLinked));
    put(payload(number, kSigned));
    ArchivedPayload other = payload(number, kSigned);
    other.signature->fill(0x77);
    put(other);
    put(payload(number, kLinked));
    EXPECT_EQ(world.by_number(number).value(), payload(number, kSigned));
    EXPECT_EQ(world.all(number).size(), 1u);
    ASSERT_TRUE(world.flush());
    EXPECT_EQ(world.by_hash(block_hash(number)).value(), payload(number, kSigned));
    EXPECT_EQ(world.all(number).size(), 1u);
  }
  EXPECT_EQ(world.stored().count, 2u);
}

TEST(PayloadArchive, BlocksOfOneNumberHaveACap) {
  ArchiveWorld world;
  world.open();
  for (std::uint8_t i = 0; i < 9; ++i) world.archive->put(payload(5, kLinked, i));
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(world.all(5).size(), ArchiveFile::kMaxAtNumber);
  EXPECT_EQ(world.by_hash(block_hash(5, 0)).value(), std::nullopt) << "the oldest linked one";
  for (std::uint8_t i = 10; i < 19; ++i) world.archive->put(payload(5, kSigned, i));
  world.archive->put(payload(5, kLinked, 30));
  ASSERT_TRUE(world.flush());
  const auto all = world.all(5);
  ASSERT_EQ(all.size(), ArchiveFile::kMaxAtNumber);
  EXPECT_EQ(all.front(), payload(5, kSigned, 18));
  EXPECT_EQ(all.back(), payload(5, kSigned, 11));
  EXPECT_EQ(world.stored().count, ArchiveFile::kMaxAtNumber);
}

TEST(PayloadArchive, BoundedByCount) {
  ArchiveWorld world;
  world.options.bounds.max_count = 100;
  world.open();
  for (std::uint64_t from = 0; from < 1000; from += 50) {
    world.fill(from, from + 50);
    world.loop.run_for(std::chrono::seconds(1));
    EXPECT_LE(world.stored().count, 100u);
  }
  EXPECT_GE(world.stored().count, 90u);
  EXPECT_EQ(world.stored().highest, BlockNumber{999});
  EXPECT_EQ(world.stored().lowest, BlockNumber{1000 - world.stored().count});
  EXPECT_EQ(world.archive->status().erased + world.stored().count, 1000u);
  EXPECT_EQ(world.by_hash(block_hash(1)).value(), std::nullopt);
  EXPECT_TRUE(world.by_hash(block_hash(999)).value());
  // A narrower bound is kept in steps.
  world.options.bounds.max_count = 0;
  world.reopen();
  world.loop.run_for(std::chrono::seconds(1));
  EXPECT_EQ(world.stored().count, 1u) << "the newest stays";
  EXPECT_EQ(world.by_number(999).value(), payload(999));
}

TEST(PayloadArchive, BoundedByBytes) {
  ArchiveWorld world;
  world.options.bounds.max_bytes = 4 << 20;
  world.open();
  for (std::uint64_t from = 0; from < 1000; from += 40) {
    world.fill(from, from + 40, 20'000);
    world.loop.run_for(std::chrono::seconds(1));
    EXPECT_LE(world.stored().bytes, 4u << 20);
  }
  EXPECT_GT(world.stored().bytes, 3u << 20);
  EXPECT_LE(std::filesystem::file_size(world.options.file), 8u << 20) << "pages are used again";
}

TEST(PayloadArchive, BoundedByAge) {
  ArchiveWorld world;
  world.options.bounds.max_age = std::chrono::seconds(100);
  world.open();
  const std::uint64_t now = unix_seconds(world.loop.wall_now());
  for (std::uint64_t i = 0; i < 200; ++i) {
    ArchivedPayload each = payload(i);
    each.timestamp = now - 200 + i;
    world.archive->put(each);
  }
  ASSERT_TRUE(world.flush());
  world.loop.run_for(std::chrono::seconds(61));
  EXPECT_LE(world.stored().count, 100u);
  EXPECT_GE(world.stored().count, 38u);
  world.loop.run_for(std::chrono::seconds(300));
  EXPECT_EQ(world.stored().count, 1u) << "the newest stays";
  EXPECT_EQ(world.stored().highest_signed, BlockNumber{199});
}

TEST(PayloadArchive, AStepErasesFew) {
  test::Folder folder;
  const std::filesystem::path path = folder / "archive";
  ASSERT_TRUE(ArchiveFile::create(path, ChainId{1}));
  const auto file = ArchiveFile::open(path, ArchiveFile::Mode::kWriter, 1 << 30).value();
  for (std::uint64_t from = 0; from < 320; from += 64) {
    std::vector<PayloadPtr> some;
    for (std::uint64_t i = from; i < from + 64; ++i) {
      const PayloadKind kind = i < 200 ? kSigned : kLinked;
      some.push_back(std::make_shared<const ArchivedPayload>(payload(i, kind)));
    }
    ASSERT_TRUE(file->write(some));
  }
  ArchiveBounds bounds;
  bounds.max_count = 10;
  EXPECT_EQ(file->prune(bounds, {}).value(), 64u);
  EXPECT_EQ(file->extent()->count, 256u);
  EXPECT_EQ(file->extent()->highest_signed, BlockNumber{199});
  while (file->prune(bounds, {}).value() > 0) {
  }
  EXPECT_EQ(file->extent()->count, 10u);
  EXPECT_EQ(file->extent()->highest_signed, std::nullopt);
}

TEST(PayloadArchive, WhatWaitsIsBounded) {
  ArchiveWorld world;
  world.options.max_waiting_bytes = 20'000;
  world.open();
  log::Capture log;
  for (std::uint64_t i = 0; i < 30; ++i) world.archive->put(payload(100 - i));
  EXPECT_EQ(world.archive->status().waiting, 13u);
  EXPECT_EQ(world.archive->status().dropped, 17u);
  EXPECT_LE(world.archive->status().waiting_bytes, 20'000u);
  EXPECT_NE(log.text().find("not archived"), std::string::npos);
  EXPECT_TRUE(world.by_number(100).value()) << "the highest stay";
  EXPECT_FALSE(world.by_number(71).value());
  EXPECT_EQ(world.flush().error(), Error(errors::kFull)) << "not all that was put is there";
  EXPECT_TRUE(world.flush());
  EXPECT_EQ(world.stored().count, 13u);
  ArchivedPayload unsigned_one = payload(200);
  unsigned_one.signature.reset();
  world.archive->put(unsigned_one);
  EXPECT_EQ(world.archive->status().dropped, 18u);
}

TEST(PayloadArchive, AFullDiskIsAnErrorAndNothingIsLost) {
  ArchiveWorld world;
  world.open();
  world.fill(0, 10);
  log::Capture log;
  {
    const test::NoRoom full(std::filesystem::file_size(world.options.file));
    for (std::uint64_t i = 10; i < 100; ++i) world.archive->put(payload(i, kSigned, 0, 10'000));
    const auto flushed = world.flush();
    ASSERT_FALSE(flushed);
    EXPECT_TRUE(flushed.error().is(errors::kFull)) << flushed.error().message();
    world.loop.run_for(std::chrono::seconds(5));
    EXPECT_TRUE(world.by_number(50).value());
    EXPECT_TRUE(world.by_number(5).value());
    EXPECT_EQ(world.stored().count, 10u);
  }
  EXPECT_NE(log.text().find("not written"), std::string::npos);
  world.loop.run_for(std::chrono::seconds(5));
  EXPECT_EQ(world.stored().count, 100u) << "it is tried again";
  world.reopen();
  for (std::uint64_t i = 10; i < 100; ++i) EXPECT_EQ(world.by_number(i).value(), payload(i, kSigned, 0, 10'000));
}

TEST(PayloadArchive, NothingAfterItIsClosed) {
  ArchiveWorld world;
  world.open();
  world.archive->put(payload(1));
  world.loop.run(world.archive->close());
  world.loop.run(world.archive->close());
  EXPECT_TRUE(world.by_number(1).error().is(opwire::errors::kClosed));
  EXPECT_TRUE(world.by_hash(block_hash(1)).error().is(opwire::errors::kClosed));
  EXPECT_TRUE(world.flush().error().is(opwire::errors::kClosed));
  world.archive->put(payload(2));
  EXPECT_EQ(world.archive->status().dropped, 1u);
  world.archive.reset();
  world.open();
  EXPECT_EQ(world.stored().count, 1u) << "what waited was written";
}

Task<void> look_up(PayloadArchive& archive, std::uint64_t number, std::size_t& found) {
  const auto by_number = co_await archive.by_number(BlockNumber{number});
  const auto by_hash = co_await archive.by_hash(block_hash(number));
  if (by_number && *by_number && by_hash && *by_hash == *by_number) ++found;
}

Task<std::size_t> use_on_a_thread(Loop& loop, WorkerPool& pool, PayloadArchiveOptions options) {
  auto archive = (co_await PayloadArchive::open(loop, pool, options)).value();
  std::size_t found = 0;
  Scope scope(loop);
  for (std::uint64_t i = 0; i < 300; ++i) {
    archive->put(payload(i));
    scope.spawn(look_up(*archive, i, found));
    if (i % 50 == 0) (void)co_await sleep_for(loop, std::chrono::milliseconds(1));
  }
  co_await scope.join();
  EXPECT_TRUE(co_await archive->flush());
  EXPECT_EQ(archive->status().stored.count, 300u);
  co_await archive->close();
  co_return found;
}

TEST(PayloadArchive, OnAThreadOfItsOwn) {
  ArchiveWorld world;
  ReactorLoop loop;
  WorkerPool pool(1);
  EXPECT_EQ(loop.run(use_on_a_thread(loop, pool, world.options)), 300u);
}

}  // namespace
}  // namespace opwire::store
