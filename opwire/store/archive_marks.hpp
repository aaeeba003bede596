// What marks a file as an archive: its format, its chain, and what changes with each write. Each value is sealed.
#pragma once

#include <lmdb.h>

#include <optional>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::store {

struct ArchiveState {
  std::uint64_t next_arrival = 0;
  std::optional<BlockNumber> highest_signed;
  std::optional<opstack::BlockId> head;
};

Result<void> put_archive_marks(MDB_txn* txn, MDB_dbi marks, ChainId chain);
/// The chain. Errors: kDamaged, kNewerFormat.
Result<ChainId> check_archive_marks(MDB_txn* txn, MDB_dbi marks);

Result<void> put_archive_state(MDB_txn* txn, MDB_dbi marks, const ArchiveState& state);
/// Errors: kDamaged.
Result<ArchiveState> read_archive_state(MDB_txn* txn, MDB_dbi marks);

}  // namespace opwire::store
