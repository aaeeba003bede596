// A small database with some of everything: trees of two levels, values with pages of their own, free pages. And what
// is found in a copy of it that something happened to.
#pragma once

#include <map>

#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/open_file.hpp"

namespace opwire::store::test {

struct Image {
  std::string bytes;
  std::map<Bytes, Bytes> tables[2];
};

inline DatabaseOptions image_options(std::filesystem::path path) {
  DatabaseOptions options(std::move(path));
  options.tables.emplace_back("nodes", 60);
  options.tables.emplace_back("blocks", 20);
  options.size_cap = 1 << 20;
  return options;
}

inline Image make_image(const std::filesystem::path& path) {
  Image image;
  auto file = open_file(image_options(path), WallTime{}).value();
  for (std::uint8_t round = 0; round < 5; ++round) {
    Batch batch;
    for (std::uint8_t i = 0; i < 14; ++i) {
      const Bytes key(20 + i % 3, static_cast<std::uint8_t>(i * 5 + round));
      batch.put(0, key, i, Bytes(100, i));
    }
    for (std::uint8_t i = 0; i < 2; ++i) batch.put(1, Bytes{'b', i}, i, Bytes(5000 + 100u * round, i));
    OPW_CHECK(file->write(batch).has_value());
  }
  for (TableId table = 0; table < 2; ++table) {
    const Contents contents = file->scan(table).value();
    for (const Entry& entry : contents.entries) image.tables[table][entry.key] = entry.value;
  }
  file.reset();
  image.bytes = read_file(path);
  return image;
}

enum class Outcome : std::uint8_t {
  kWhole,    ///< opened, with all that was put
  kLeftOut,  ///< opened, and some values were told to be damaged
  kLess,     ///< opened, but something was missing or changed, and nothing told it
  kDamaged,  ///< not opened
};

inline Outcome look(LmdbFile& file, const Image& image) {
  Outcome outcome = Outcome::kWhole;
  for (TableId table = 0; table < 2; ++table) {
    const Result<Contents> contents = file.scan(table);
    if (!contents) return Outcome::kDamaged;
    const auto& expected = image.tables[table];
    if (contents->entries.size() + contents->damaged.size() != expected.size()) return Outcome::kLess;
    if (!contents->damaged.empty()) outcome = Outcome::kLeftOut;
    for (const Entry& entry : contents->entries) {
      const auto found = expected.find(entry.key);
      if (found == expected.end() || found->second != entry.value) return Outcome::kLess;
    }
  }
  return outcome;
}

/// Opens the file at options.path, compares it with the image, and then writes all over it.
inline Outcome use(const DatabaseOptions& options, const Image& image) {
  auto file = open_file(options, WallTime{});
  if (!file) {
    OPW_CHECK(file.error().error.is(errors::kDamaged));
    return Outcome::kDamaged;
  }
  const Outcome outcome = look(**file, image);
  for (std::uint8_t round = 0; round < 4; ++round) {
    Batch batch;
    const Contents contents = (*file)->scan(round % 2).value();
    for (const Bytes& key : contents.damaged) batch.erase(round % 2, key);
    for (std::uint8_t i = 0; i < 50; ++i) {
      batch.put(0, Bytes(10, static_cast<std::uint8_t>(i * 5 + round)), 9, Bytes(150, i));
    }
    batch.put(1, Bytes{'b', round}, 0, Bytes(3000u + 1500u * round, 1));
    batch.erase(1, Bytes{'b', 0});
    const auto written = (*file)->write(batch);
    OPW_CHECK(written.has_value());
  }
  return outcome;
}

}  // namespace opwire::store::test
