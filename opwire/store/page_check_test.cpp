#include "opwire/store/page_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "opwire/base/rng.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/image_for_test.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/open_file.hpp"

namespace opwire::store {
namespace {

struct World {
  World() : image(test::make_image(folder / "whole")), options(test::image_options(folder / "db")) {}
  void put(std::string_view bytes) { test::write_file(options.path, bytes); }
  Result<void> check() { return check_pages(options.path, LmdbFile::map_size(options)); }

  test::Folder folder;
  test::Image image;
  DatabaseOptions options;
};

TEST(PageCheck, WholeFilesPass) {
  World world;
  world.put(world.image.bytes);
  const auto checked = world.check();
  EXPECT_TRUE(checked) << checked.error().message();
  EXPECT_EQ(test::use(world.options, world.image), test::Outcome::kWhole);
}

// Whatever is done to a database, it passes after each step.
TEST(PageCheck, FilesInUsePass) {
  World world;
  SeededRng rng(1);
  auto file = open_file(world.options, WallTime{}).value();
  for (int round = 0; round < 100; ++round) {
    Batch batch;
    for (std::size_t i = rng.below(30); i > 0; --i) {
      Bytes key(1 + rng.below(40), static_cast<std::uint8_t>(rng.below(200)));
      if (rng.below(3) == 0) {
        batch.erase(rng.below(2), key);
      } else {
        const std::size_t size = rng.below(10) == 0 ? rng.below(20'000) : rng.below(300);
        batch.put(rng.below(2), key, rng.below(1000), Bytes(size, 7));
      }
    }
    if (round % 40 == 39) {
      const Contents contents = file->scan(0).value();
      for (const Entry& entry : contents.entries) batch.erase(0, entry.key);
    }
    ASSERT_TRUE(file->write(batch));
    const auto checked = world.check();
    ASSERT_TRUE(checked) << round << ": " << checked.error().message();
  }
}

TEST(PageCheck, TruncatedFiles) {
  World world;
  for (std::size_t size = 1; size < world.image.bytes.size(); size += size < 9000 ? 97 : 1000) {
    world.put(world.image.bytes.substr(0, size));
    const auto outcome = test::use(world.options, world.image);
    EXPECT_NE(outcome, test::Outcome::kLess) << size;
    EXPECT_TRUE(outcome == test::Outcome::kDamaged || size > world.image.bytes.size() / 2) << size;
  }
}

TEST(PageCheck, ChangedBytes) {
  World world;
  SeededRng rng(2);
  const std::size_t pages = world.image.bytes.size() / 4096;
  std::size_t damaged = 0;
  for (int i = 0; i < 150; ++i) {
    std::string bytes = world.image.bytes;
    // Mostly where LMDB looks: the headers of pages, and what follows them.
    const std::size_t at = rng.below(4) == 0 ? rng.below(bytes.size()) : rng.below(pages) * 4096 + rng.below(160);
    bytes[at] = static_cast<char>(bytes[at] ^ (1 + rng.below(255)));
    world.put(bytes);
    const auto outcome = test::use(world.options, world.image);
    EXPECT_NE(outcome, test::Outcome::kLess) << at;
    if (outcome == test::Outcome::kDamaged) ++damaged;
  }
  EXPECT_GT(damaged, 5u);
}

TEST(PageCheck, LostPages) {
  World world;
  SeededRng rng(3);
  const std::size_t pages = world.image.bytes.size() / 4096;
  for (int i = 0; i < 80; ++i) {
    std::string bytes = world.image.bytes;
    const std::size_t to = rng.below(pages), from = rng.below(pages);
    if (rng.below(2) == 0) {
      std::copy_n(world.image.bytes.begin() + static_cast<std::ptrdiff_t>(from) * 4096, 4096,
                  bytes.begin() + static_cast<std::ptrdiff_t>(to) * 4096);
    } else {
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(to) * 4096, 4096, 0);
    }
    world.put(bytes);
    EXPECT_NE(test::use(world.options, world.image), test::Outcome::kLess) << from << " in the place of " << to;
  }
}

// LMDB would go on behind it, where there soon is no room.
TEST(PageCheck, ALastPageThatIsNot) {
  World world;
  std::string bytes = world.image.bytes;
  for (const std::size_t page : {0, 4096})
    bytes[page + 16 + 24 + 96] = static_cast<char>(bytes[page + 16 + 24 + 96] | 0x80);
  world.put(bytes);
  EXPECT_EQ(world.check().error().message(), "database is damaged, or not one of ours (last page)");
}

TEST(PageCheck, NoDatabaseAtAll) {
  World world;
  for (const std::string& bytes : {std::string("x"), std::string(100'000, '\0'), std::string(100'000, '\xff')}) {
    world.put(bytes);
    EXPECT_TRUE(world.check().error().is(errors::kDamaged));
  }
  std::string bytes = world.image.bytes;
  bytes[16] = 1;
  world.put(bytes);
  EXPECT_EQ(world.check().error().message(), "database is damaged, or not one of ours (magic number)");
  std::filesystem::remove(world.options.path);
  EXPECT_TRUE(world.check().error().is(errors::kCannotOpen));
}

}  // namespace
}  // namespace opwire::store
