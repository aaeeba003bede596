// What the archive and its readers have in common.
#pragma once

#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"
#include "opwire/store/archived_payload.hpp"

namespace opwire::store {

/// What goes is always of the lowest number; of the highest number nothing goes.
struct ArchiveBounds {
  std::uint64_t max_count = 100'000;
  /// By the blocks' timestamps.
  std::chrono::seconds max_age = std::chrono::days(30);
  /// Whole pages of the file, as the tables use them: a body of 10 KiB takes 12.
  std::uint64_t max_bytes = std::uint64_t{4} << 30;
};

/// What is on the disk.
struct ArchiveExtent {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::optional<BlockNumber> lowest;
  std::optional<BlockNumber> highest;         ///< of any kind
  std::optional<BlockNumber> highest_signed;  ///< not below `lowest`
  std::optional<opstack::BlockId> head;       ///< as set last; its record may not be there (yet, or any more)
};

/// One place of the archive: the block's name, and its record or what is wrong with it.
struct ArchiveEntry {
  BlockNumber number;
  Hash256 hash;
  Result<ArchivedPayload> payload;
};

}  // namespace opwire::store
