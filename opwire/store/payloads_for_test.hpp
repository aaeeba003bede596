// Payloads that are told apart by their numbers, and an archive that can be closed and opened again.
#pragma once

#include <gtest/gtest.h>

#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/payload_archive.hpp"

namespace opwire::store::test {

/// variant: another block of the same number.
inline Hash256 block_hash(std::uint64_t number, std::uint8_t variant = 0) {
  Hash256 hash;
  // Spread, as hashes are.
  store_le(hash.bytes.data(), (number + 1) * 0x9e3779b97f4a7c15u + variant);
  store_le(hash.bytes.data() + 8, number);
  hash.bytes[31] = variant;
  return hash;
}

inline ArchivedPayload payload(std::uint64_t number, PayloadKind kind = PayloadKind::kSigned, std::uint8_t variant = 0,
                               std::size_t size = 1000) {
  ArchivedPayload made;
  made.kind = kind;
  made.version = opstack::PayloadVersion::kV4;
  made.number = BlockNumber{number};
  made.hash = block_hash(number, variant);
  made.parent_hash = block_hash(number - 1);
  made.timestamp = 1'700'000'000 + 2 * number;
  if (kind == PayloadKind::kSigned) made.signature.emplace().fill(static_cast<std::uint8_t>(number));
  made.framed.assign(size, static_cast<std::uint8_t>(number + variant));
  return made;
}

struct ArchiveWorld {
  ArchiveWorld() : options(folder / "archive", ChainId{10}) { options.bounds.max_age = std::chrono::days(36'500); }
  ~ArchiveWorld() { close(); }
  auto try_open() { return loop.run(PayloadArchive::open(loop, pool, options)); }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().text;
    archive = std::move(*opened);
  }
  void close() {
    if (archive) loop.run(archive->close());
    archive.reset();
  }
  void reopen() {
    close();
    open();
  }
  OpenError open_error() {
    auto opened = try_open();
    EXPECT_FALSE(opened);
    if (!opened) return opened.error();
    loop.run((*opened)->close());
    return OpenError{opwire::errors::kTimeout, "none"};
  }
  /// Numbers from, and below `to`; committed.
  void fill(std::uint64_t from, std::uint64_t to, std::size_t size = 1000) {
    for (std::uint64_t number = from; number < to; ++number)
      archive->put(payload(number, PayloadKind::kSigned, 0, size));
    const auto flushed = flush();
    ASSERT_TRUE(flushed) << flushed.error().message();
  }
  Result<void> flush() { return loop.run(archive->flush()); }
  Result<std::optional<ArchivedPayload>> by_number(std::uint64_t number) {
    return loop.run(archive->by_number(BlockNumber{number}));
  }
  Result<std::optional<ArchivedPayload>> by_hash(const Hash256& hash) { return loop.run(archive->by_hash(hash)); }
  std::vector<ArchivedPayload> all(std::uint64_t number) {
    return loop.run(archive->all_by_number(BlockNumber{number})).value();
  }
  ArchiveExtent stored() const { return archive->status().stored; }

  Folder folder;
  SimulatedLoop loop;
  WorkerPool pool{0};
  PayloadArchiveOptions options;
  std::unique_ptr<PayloadArchive> archive;
};

}  // namespace opwire::store::test
