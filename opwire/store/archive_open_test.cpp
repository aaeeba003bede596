#include "opwire/store/archive_open.hpp"

#include <algorithm>

#include "opwire/base/log.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/open_file.hpp"
#include "opwire/store/page_check.hpp"
#include "opwire/store/payload_archive_reader.hpp"
#include "opwire/store/payloads_for_test.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

using test::ArchiveWorld;
using test::payload;

constexpr std::uint64_t kCount = 200;

std::string small_archive(ArchiveWorld& world) {
  world.open();
  world.fill(0, kCount - 10, 3000);
  world.fill(kCount - 10, kCount, 3000);
  world.close();
  return test::read_file(world.options.file);
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(ArchiveOpen, MakesFoldersAndItsFiles) {
  ArchiveWorld world;
  world.options.file = world.folder / "a/b/payloads";
  world.open();
  world.close();
  EXPECT_EQ(names_in(world.folder / "a/b"), (std::vector<std::string>{"payloads", "payloads-lock", "payloads.lock"}));
}

TEST(ArchiveOpen, TheWrongChain) {
  ArchiveWorld world;
  const std::string before = small_archive(world);
  world.options.chain = ChainId{8453};
  world.options.reset_damaged = true;
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kWrongChain));
  EXPECT_NE(error.text.find("chain 10"), std::string::npos) << error.text;
  EXPECT_NE(error.text.find("8453"), std::string::npos) << error.text;
  EXPECT_EQ(test::read_file(world.options.file), before);
  world.options.chain = ChainId{10};
  world.open();
  EXPECT_EQ(world.stored().count, kCount);
}

TEST(ArchiveOpen, ATruncatedFileIsNamedAndSetAsideWhenAllowed) {
  ArchiveWorld world;
  const std::string before = small_archive(world);
  for (const std::size_t size : {before.size() - 4096, before.size() / 2, std::size_t{8192}, std::size_t{5000},
                                 std::size_t{100}, std::size_t{1}}) {
    test::write_file(world.options.file, before.substr(0, size));
    const OpenError error = world.open_error();
    EXPECT_TRUE(error.error.is(errors::kDamaged)) << size << ": " << error.text;
    EXPECT_NE(error.text.find("--archive.reset-damaged"), std::string::npos) << error.text;
    EXPECT_EQ(std::filesystem::file_size(world.options.file), size) << "not touched";
    const auto reader = PayloadArchiveReader::open(world.options.file);
    ASSERT_FALSE(reader);
    EXPECT_TRUE(reader.error().error.is(errors::kDamaged));
  }
  log::Capture log;
  world.options.reset_damaged = true;
  world.open();
  EXPECT_EQ(world.stored().count, 0u);
  const auto names = names_in(world.folder.path());
  EXPECT_TRUE(
      std::any_of(names.begin(), names.end(), [](const auto& name) { return name.starts_with("archive.damaged-"); }));
}

TEST(ArchiveOpen, ANewerFormat) {
  ArchiveWorld world;
  (void)small_archive(world);
  {
    const LmdbEnv env = lmdb_open(world.options.file, {1 << 24, 3, MDB_NOLOCK}).value();
    LmdbTxn txn = lmdb_begin(env.get(), 0).value();
    MDB_dbi marks = 0;
    ASSERT_EQ(mdb_dbi_open(txn.get(), "opwire.archive", 0, &marks), 0);
    const Bytes format{2, 0, 0, 0};
    ASSERT_TRUE(lmdb_put(txn.get(), marks, as_bytes("format"), seal_value(as_bytes("format"), 0, format)));
    ASSERT_TRUE(lmdb_commit(std::move(txn)));
  }
  world.options.reset_damaged = true;
  EXPECT_TRUE(world.open_error().error.is(errors::kNewerFormat));
  const auto reader = PayloadArchiveReader::open(world.options.file);
  ASSERT_FALSE(reader);
  EXPECT_TRUE(reader.error().error.is(errors::kNewerFormat));
}

TEST(ArchiveOpen, AnotherDatabaseIsNotTouched) {
  ArchiveWorld world;
  DatabaseOptions other(world.options.file);
  other.tables.emplace_back("table", 10);
  ASSERT_TRUE(open_file(other, WallTime{}));
  const std::string before = test::read_file(world.options.file);
  EXPECT_TRUE(world.open_error().error.is(errors::kDamaged));
  EXPECT_EQ(test::read_file(world.options.file), before);
}

TEST(ArchiveOpen, AReaderMakesNothing) {
  ArchiveWorld world;
  const auto reader = PayloadArchiveReader::open(world.options.file);
  ASSERT_FALSE(reader);
  EXPECT_TRUE(reader.error().error.is(errors::kCannotOpen));
  EXPECT_NE(reader.error().text.find(world.options.file.string()), std::string::npos);
  EXPECT_TRUE(names_in(world.folder.path()).empty());
}

TEST(ArchiveOpen, AReaderWithoutAWriter) {
  ArchiveWorld world;
  (void)small_archive(world);
  const auto reader = PayloadArchiveReader::open(world.options.file).value();
  EXPECT_TRUE(check_pages(world.options.file, 0)) << "what the file is built of is what that check knows";
  EXPECT_EQ(reader->extent()->count, kCount);
  std::uint64_t next = 150;
  const auto visited = reader->visit(BlockNumber{150}, BlockNumber{179}, [&](const ArchiveEntry& entry) {
    return entry.payload && *entry.payload == payload(next++, PayloadKind::kSigned, 0, 3000);
  });
  EXPECT_EQ(visited.value(), 30u);
  EXPECT_EQ(next, 180u);
  EXPECT_EQ(reader->by_hash(test::block_hash(3)).value(), payload(3, PayloadKind::kSigned, 0, 3000));
  EXPECT_EQ(reader->all_by_number(BlockNumber{3})->size(), 1u);
  EXPECT_EQ(reader->by_number(BlockNumber{300}).value(), std::nullopt);
}

TEST(ArchiveOpen, AFlippedByteOfARecordIsSeenWhenItIsRead) {
  ArchiveWorld world;
  std::string bytes = small_archive(world);
  const std::string body(65 + 3000, '\x55');  // of number 0x55, behind its signature
  const std::size_t at = bytes.find(body);
  ASSERT_NE(at, std::string::npos);
  for (const std::size_t offset : {at + 1234, at + 3, at - 70}) {  // body, signature, hash
    std::string flipped = bytes;
    flipped[offset] ^= 0x10;
    test::write_file(world.options.file, flipped);
    world.open();
    EXPECT_TRUE(world.by_number(0x55).error().is(errors::kBadValue));
    EXPECT_TRUE(world.by_hash(test::block_hash(0x55)).error().is(errors::kBadValue));
    EXPECT_TRUE(world.by_number(0x56).value());
    EXPECT_EQ(world.archive->status().damaged, 2u);
    world.close();
    const auto reader = PayloadArchiveReader::open(world.options.file).value();
    std::vector<std::uint64_t> damaged;
    (void)reader->visit(BlockNumber{0}, BlockNumber{kCount}, [&](const ArchiveEntry& entry) {
      if (!entry.payload) damaged.push_back(entry.number.value);
      return true;
    });
    EXPECT_EQ(damaged, std::vector<std::uint64_t>{0x55});
  }
  world.open();
  world.archive->put(payload(0x55, PayloadKind::kLinked));
  ASSERT_TRUE(world.flush());
  EXPECT_EQ(world.by_number(0x55).value(), payload(0x55, PayloadKind::kLinked)) << "any whole one replaces it";
}

// What the meta page says is used by LMDB as it is: it is checked before, or does no harm.
TEST(ArchiveOpen, FlippedBytesOfTheMetaPages) {
  ArchiveWorld world;
  const std::string before = small_archive(world);
  std::size_t refused = 0;
  for (std::size_t page = 0; page < 2; ++page) {
    for (std::size_t offset = 0; offset < 16 + 136; ++offset) {
      std::string flipped = before;
      flipped[page * 4096 + offset] ^= static_cast<char>(1 << offset % 8);
      test::write_file(world.options.file, flipped);
      auto opened = world.try_open();
      if (!opened) {
        EXPECT_TRUE(opened.error().error.is(errors::kDamaged)) << offset << ": " << opened.error().text;
        ++refused;
        continue;
      }
      world.archive = std::move(*opened);
      std::size_t found = 0;
      for (std::uint64_t i = 0; i < kCount; ++i) {
        const auto each = world.by_number(i);
        if (each && *each) ++found;
      }
      EXPECT_EQ(found, kCount) << "page " << page << " offset " << offset;
      world.archive->put(payload(kCount));
      EXPECT_TRUE(world.flush()) << offset;
      EXPECT_TRUE(world.by_number(kCount).value()) << offset;
      world.close();
    }
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace opwire::store
